import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePush } from '../../../src/broker/redis-streams/push-message.ts';
import { streamKeys } from '../../../src/broker/redis-streams/stream-keys.ts';
import type { TopicInstance } from '../../../src/routing/topic.ts';

test('a push tells the epoch, the entry before it, its id and ordinal, and the body when it is short', () => {
  assert.deepEqual(parsePush(Buffer.from('2 e_-1 5-0 5-1 7 1\n{"a":"x\ny"}')), {
    epoch: 'e_-1',
    previous: '5-0',
    id: '5-1',
    ordinal: 7,
    data: Buffer.from('{"a":"x\ny"}'),
  });
  assert.equal(parsePush(Buffer.from('2 e 5-0 5-1 7 1\n'))?.data?.length, 0);
  assert.equal(parsePush(Buffer.from('2 e 5-0 5-1 7 0\n'))?.data, undefined);
});

test('a push tells the trace of its entry, where it has one', () => {
  const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const push = parsePush(Buffer.from(`2 ${'e'.repeat(40)} 1764000000000-0 1764000000000-1 7 1 ${trace}\n{}`));
  assert.equal(push?.traceparent, trace);
  assert.deepEqual(push?.data, Buffer.from('{}'));
  assert.equal(parsePush(Buffer.from('2 e 5-0 5-1 7 1\n{}'))?.traceparent, undefined);
});

test('what the script would not write is no push', () => {
  for (const text of [
    '',
    '{"a":1}',
    '2 e 5-0 5-1 7 1',
    '1 5-0 5-1 1\n',
    '2 e - 5-1 7 1\n',
    '2 e 5-0 5 7 1\n',
    '2 e 5-0 5-1 x 1\n',
    '2 e 5-0 5-1 7 2\n',
    `${'x'.repeat(300)}\n`,
  ]) {
    assert.equal(parsePush(Buffer.from(text)), undefined, text);
  }
});

test('the companion stands in the slot of its stream on a Cluster', () => {
  assert.equal(streamKeys('jobs.a' as TopicInstance, '').companion, 'sluice:{jobs.a}');
  assert.deepEqual(streamKeys('jobs.a' as TopicInstance, 'staging.'), {
    stream: 'staging.jobs.a',
    companion: 'staging.sluice:{staging.jobs.a}',
  });
});
