import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Position } from '../../src/broker/record.ts';
import { receiptOf } from '../../src/operation/receipt.ts';
import { CursorScope } from '../../src/routing/cursor.ts';
import type { TopicInstance } from '../../src/routing/topic.ts';
import { loadSchema } from '../../src/schema/load-schema.ts';

const [api] = loadSchema({
  file: 'a',
  text: 'type Job @topic(name: "jobs.{queue}", delivery: BUFFERED) { queue: ID! }',
}).topics;
const instance = 'jobs.mail' as TopicInstance;

function cursorOf(position: Position | undefined): string | null {
  assert.ok(api !== undefined);
  return receiptOf(api.topic, instance, 1, position).cursor();
}

function decoded(position: Position): unknown {
  assert.ok(api !== undefined);
  return new CursorScope(api.topic.name, instance).decode(cursorOf(position) ?? '');
}

test('P99: on a log of one partition the receipt carries the cursor right after its event, for its own parameters', () => {
  assert.deepEqual(decoded({ type: 'redis-stream', epoch: 'e1', id: '17-3', ordinal: 9 }), {
    log: 'e1',
    partitions: [{ type: 'redis-stream', id: '17-3', ordinal: 9 }],
  });
  assert.deepEqual(decoded({ type: 'log', epoch: 'e1', sequence: 4 }), {
    log: 'e1',
    partitions: [{ type: 'log', sequence: 4 }],
  });
});

test('the cursor is null where the place on all partitions is not known', () => {
  assert.equal(cursorOf(undefined), null);
  assert.equal(cursorOf({ type: 'kafka', partition: 3, offset: 9n, leaderEpoch: 1 }), null);
  assert.equal(cursorOf({ type: 'redis-stream', epoch: '', id: '17-3', ordinal: 9 }), null);
  assert.equal(cursorOf({ type: 'redis-stream', epoch: 'e1', id: '17-3', ordinal: 0 }), null);
});
