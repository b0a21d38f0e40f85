import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse, validate, validateInputValue } from 'graphql';
import { loadSchema } from '../../src/schema/load-schema.ts';

const folder = new URL('../../examples/earthquakes/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const { schema, topics } = loadSchema({ file: 'schema.graphql', text: read('schema.graphql') });

for (const [typeName, file, rows] of [
  ['Quake', 'earthquakes.jsonl', 1707],
  ['Departure', 'flights.jsonl', 5000],
] as const) {
  test(`every row of ${file} fits ${typeName}Input, and has no field that the type lacks`, () => {
    const type = schema.getType(`${typeName}Input`);
    assert.ok(type);
    const lines = read(`data/${file}`).trimEnd().split('\n');
    assert.equal(lines.length, rows);
    for (const [index, line] of lines.entries()) {
      validateInputValue(JSON.parse(line), type as never, (error) => assert.fail(`row ${index + 1}: ${error.message}`));
    }
  });
}

test('rows with the nulls that the USGS feed allows fit, too', () => {
  const quake = {
    ...JSON.parse(read('data/earthquakes.jsonl').split('\n')[0] ?? ''),
    place: null,
    longitude: null,
    latitude: null,
    depthKm: null,
  };
  validateInputValue(quake, schema.getType('QuakeInput') as never, (error) => assert.fail(error.message));
});

test('the example has one topic of each delivery', () => {
  assert.deepEqual(
    topics.map(({ topic }) => [topic.name, topic.policy.delivery]),
    [
      ['quakes.{network}', 'DURABLE'],
      ['flights', 'BUFFERED'],
      ['chat.{room}', 'EPHEMERAL'],
    ],
  );
});

test('every command of the README is valid', () => {
  const readme = read('README.md');
  const subscriptions = [...readme.matchAll(/subscribe '(.*)'/g)].map(([, text]) => text ?? '');
  assert.equal(subscriptions.length, 3);
  for (const text of subscriptions) assert.deepEqual(validate(schema, parse(text)), [], text);
  const published = [...readme.matchAll(/publish (\w+) '(.*)'/g)];
  assert.equal(published.length, 1);
  for (const [, typeName, json] of published) {
    const type = schema.getType(`${typeName}Input`);
    validateInputValue(JSON.parse(json ?? ''), type as never, (error) => assert.fail(error.message));
  }
});
