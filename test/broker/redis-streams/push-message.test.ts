import assert from 'node:assert/strict';
import { test } from 'node:test';
import { companionOf, parsePush } from '../../../src/broker/redis-streams/push-message.ts';

test('a push tells the entry before it, its id, and the body when it is short', () => {
  const push = parsePush(Buffer.from('1 5-0 5-1 1\n{"a":"x\ny"}'));
  assert.deepEqual([push?.previous, push?.id, push?.data?.toString()], ['5-0', '5-1', '{"a":"x\ny"}']);
  assert.equal(parsePush(Buffer.from('1 5-0 5-1 1\n'))?.data?.length, 0);
  assert.equal(parsePush(Buffer.from('1 - 5-1 0\n'))?.previous, undefined);
  assert.equal(parsePush(Buffer.from('1 - 5-1 0\n'))?.data, undefined);
});

test('what the script would not write is no push', () => {
  for (const text of [
    '',
    '{"a":1}',
    '1 5-0 5-1 1',
    '2 5-0 5-1 1\n',
    '1 5 5-1 1\n',
    '1 5-0 5-1 2\n',
    `${'x'.repeat(200)}\n`,
  ]) {
    assert.equal(parsePush(Buffer.from(text)), undefined, text);
  }
});

test('the companion stands in the slot of its stream on a Cluster', () => {
  assert.equal(companionOf('jobs.a'), 'sluice:{jobs.a}');
});
