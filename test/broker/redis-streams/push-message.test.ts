import assert from 'node:assert/strict';
import { test } from 'node:test';
import { companionOf, parsePush } from '../../../src/broker/redis-streams/push-message.ts';

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
    `${'x'.repeat(200)}\n`,
  ]) {
    assert.equal(parsePush(Buffer.from(text)), undefined, text);
  }
});

test('the companion stands in the slot of its stream on a Cluster', () => {
  assert.equal(companionOf('jobs.a'), 'sluice:{jobs.a}');
});
