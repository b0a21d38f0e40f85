import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { instancePattern, parseInstance, topicInstance } from '../../src/routing/instance.ts';
import { topic } from './sample-topics.ts';

function instance(text: string, values: Readonly<Record<string, string>>): string | undefined {
  const result = topicInstance(topic(text), new Map(Object.entries(values)));
  return result.type === 'instance' ? result.instance : undefined;
}

test('design §8: the instance is the template with its parameters escaped and filled in', () => {
  assert.equal(instance('chat.{room}', { room: 'a' }), 'chat.a');
  assert.equal(instance('t.{a}.x.{b}', { a: 'é', b: '@1' }), 't.%C3%A9.x.@1');
  assert.equal(instance('flights', {}), 'flights');
});

test('A50: (a.b, c) and (a, b.c) are two instances', () => {
  assert.equal(instance('{x}.{y}', { x: 'a.b', y: 'c' }), 'a%2Eb.c');
  assert.equal(instance('{x}.{y}', { x: 'a', y: 'b.c' }), 'a.b%2Ec');
});

test('A50: with a separator that values may hold, one list of values has the instance and others are refused', () => {
  assert.equal(instance('{x}:{y}', { x: 'a', y: 'b:c' }), 'a:b:c');
  const refused = topicInstance(
    topic('{x}:{y as who}'),
    new Map([
      ['x', 'a:b'],
      ['y', 'c'],
    ]),
  );
  assert.deepEqual(refused, {
    type: 'invalid',
    parameter: 'x',
    message: '"x" holds the text that separates the parameters of "{x}:{y as who}"',
  });
});

test('a missing or refused value names its argument', () => {
  assert.deepEqual(topicInstance(topic('chat.{room as inRoom}'), new Map()), {
    type: 'invalid',
    parameter: 'inRoom',
    message: '"inRoom" is missing',
  });
  assert.deepEqual(topicInstance(topic('chat.{room as inRoom}'), new Map([['room', 'a\n']])), {
    type: 'invalid',
    parameter: 'inRoom',
    message: '"inRoom" holds a control character',
  });
});

const NOT_INSTANCES: readonly [template: string, instance: string][] = [
  ['chat.{room}', 'chat.'],
  ['chat.{room}', 'chat.a.b'],
  ['chat.{room}', 'chat.%61'],
  ['chat.{room}', 'other.a'],
  ['chat.{room}', 'chat'],
  ['chat.{room}.x', 'chat.x'],
  ['chat.{room}.x', 'chat..x'],
  ['chat.{room}.x', 'chat.a.y'],
  ['{a}.{b}', '.b'],
  ['{a}.{b}', 'a.'],
  ['flights', 'flights2'],
  ['flights', ''],
];
for (const [text, name] of NOT_INSTANCES) {
  test(`"${name}" is not an instance of "${text}"`, () => assert.equal(parseInstance(topic(text), name), undefined));
}

const TEMPLATES = [
  '{x}',
  'a{x}',
  '{x}a',
  '{x}.{y}',
  '{x}-{y}',
  'a.{x}aa{y}.b',
  '{x}a{y}a{z}',
  '{x}2{y}',
  'p:{x}:.:{y}:q',
];
// Few characters, so that values and separators meet often.
const value = fc.string({ unit: fc.constantFrom('a', '2', '-', ':', '.', 'é'), minLength: 1, maxLength: 5 });

for (const text of TEMPLATES) {
  test(`A50: instances of "${text}" and their values are one to one`, () => {
    const sample = topic(text);
    const fields = sample.parameters.map((parameter) => parameter.field);
    fc.assert(
      fc.property(fc.array(value, { minLength: fields.length, maxLength: fields.length }), (values) => {
        const texts = new Map(fields.map((field, place) => [field, values[place] ?? '']));
        const made = topicInstance(sample, texts);
        if (made.type === 'instance') assert.deepEqual(parseInstance(sample, made.instance), texts);
        else assert.match(text, /[^.]\{y\}/, 'only an ambiguous template refuses values');
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '2', '-', ':', '.', 'p', '%2E', 'b'), maxLength: 9 }),
        (name) => {
          const texts = parseInstance(sample, name);
          if (texts === undefined) return;
          assert.deepEqual(topicInstance(sample, texts), { type: 'instance', instance: name });
        },
      ),
      { numRuns: 500 },
    );
  });
}

test('a value is never empty, so a separator at its begin belongs to it', () => {
  assert.deepEqual(
    parseInstance(topic('{x}-{y}'), '--a'),
    new Map([
      ['x', '-'],
      ['y', 'a'],
    ]),
  );
});

test('A53: the pattern of a topic holds its literals and a star for each parameter', () => {
  assert.equal(instancePattern(topic('a.{x}.b-{y}')), 'a.*.b-*');
  assert.equal(instancePattern(topic('flights')), 'flights');
});
