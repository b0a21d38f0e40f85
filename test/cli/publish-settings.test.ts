import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publish } from '../../src/cli/publish.ts';
import { type PublishSettings, readPublishSettings } from '../../src/cli/publish-settings.ts';
import { parseFlags } from '../../src/config/flags.ts';

const read = (...words: string[]): PublishSettings | string =>
  readPublishSettings(parseFlags(words, publish.flags), 'http://127.0.0.1:4000/graphql');

test('an event, a file or standard input, with defaults', () => {
  const defaults = {
    typeName: 'Quake',
    url: 'http://127.0.0.1:4000/graphql',
    rate: undefined,
    batch: 100,
    json: false,
  };
  assert.deepEqual(read('Quake', '{}'), { ...defaults, source: { type: 'argument', name: 'event', json: '{}' } });
  assert.deepEqual(read('Quake', '--file', 'a.jsonl'), { ...defaults, source: { type: 'file', name: 'a.jsonl' } });
  assert.deepEqual(read('Quake', '--file', '-', '--rate', '0.5', '--batch', '1', '--json', '--url', 'https://h'), {
    typeName: 'Quake',
    url: 'https://h/graphql',
    rate: 0.5,
    batch: 1,
    json: true,
    source: { type: 'stdin', name: 'stdin' },
  });
});

test('each mistake is named', () => {
  const cases = [
    [[], /needs the event type/],
    [['Quake'], /needs an event as JSON, or --file/],
    [['{"id":1}'], /is not the name of a type/],
    [['Quake', '{', '}'], /there is more: \}/],
    [['Quake', '{}', '--file', 'a'], /not both/],
    [['Quake', '{}', '--url', 'ws://h'], /--url ws:\/\/h is not/],
    [['Quake', '{}', '--rate', '0'], /--rate 0 is not/],
    [['Quake', '{}', '--rate', 'fast'], /--rate fast is not/],
    [['Quake', '{}', '--batch', '1001'], /--batch 1001 is not a whole number from 1 to 1000/],
    [['Quake', '{}', '--batch', '1.5'], /--batch 1\.5 is not/],
  ] as const;
  for (const [words, message] of cases) assert.match(String(read(...words)), message, words.join(' '));
});
