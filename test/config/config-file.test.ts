import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfigText } from '../../src/config/config-file.ts';

test('keys stand at their paths; numbers, booleans and lists keep their text and line', () => {
  const { values, problems } = readConfigText(
    'schema: my.graphql\nadmin:\n  port: 4001\nkafka:\n  brokers:\n    - a:9092\n    - b:9092\ndev: true\n',
    'sluice.yaml',
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(
    [...values],
    [
      ['schema', { text: 'my.graphql', line: 1 }],
      ['adminPort', { text: '4001', line: 3 }],
      ['kafkaBrokers', { text: 'a:9092,b:9092', line: 5 }],
      ['dev', { text: 'true', line: 8 }],
    ],
  );
});

test('unknown keys, wrong shapes and empty values are all reported with their lines', () => {
  const yaml =
    'prot: 1\nadmin-port: 2\nadmin: 3\nkafka:\n  broker: a:1\nhost: [a]\nport:\ndev: ""\nredis:\n  url: {a: b}\n';
  const { problems } = readConfigText(yaml, 'sluice.yaml');
  assert.deepEqual(
    problems.map(({ origin, message, fix }) => [origin.type === 'file' && origin.line, message, fix]),
    [
      [1, 'there is no setting prot', 'Did you mean port?'],
      [2, 'there is no setting admin-port', 'Did you mean admin.port?'],
      [3, 'admin must hold keys of its own', 'Indent port and host below admin.'],
      [5, 'there is no setting kafka.broker', 'Did you mean kafka.brokers?'],
      [6, 'host must be one value', 'Write host: VALUE.'],
      [7, 'port has no value', 'Give it one, or remove the line.'],
      [8, 'dev has no value', 'Give it one, or remove the line.'],
      [10, 'redis.url must be one value', 'Write redis.url: VALUE.'],
    ],
  );
});

test('broken YAML, a key given twice and a file that is no map are errors with a line', () => {
  for (const [yaml, line] of [
    ['port: 1\nhost: [', 2],
    ['port: 1\nport: 2\n', 2],
    ['- port\n', 1],
    ['4000', 1],
  ] as const) {
    const { problems } = readConfigText(yaml, 'sluice.yaml');
    assert.equal(problems.length, 1, yaml);
    const origin = problems[0]?.origin;
    assert.equal(origin?.type === 'file' && origin.line, line, yaml);
  }
});

test('an empty file says nothing', () => {
  for (const yaml of ['', '# nothing\n'])
    assert.deepEqual(readConfigText(yaml, 'f'), { values: new Map(), problems: [] });
});
