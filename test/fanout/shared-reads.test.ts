import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamId } from '../../src/broker/stream.ts';
import { ReplayCache } from '../../src/fanout/replay-cache.ts';
import { ReplayChunk } from '../../src/fanout/replay-chunk.ts';
import { SharedReads } from '../../src/fanout/shared-reads.ts';
import type { PartitionPosition } from '../../src/routing/position.ts';
import type { TopicInstance } from '../../src/routing/topic.ts';
import { durableTopics } from '../broker/topics.ts';
import { ModelLog } from '../operation/history/model-log.ts';

const topic = durableTopics.parameter;
const stream = { id: 'quakes' as StreamId, topic, instance: undefined };
const at = (next: number): PartitionPosition => ({ type: 'kafka', next: BigInt(next), leaderEpoch: 7 });

function logOf(count: number): ModelLog {
  return new ModelLog([
    Array.from({ length: count }, (_, offset) => ({
      offset,
      timestamp: offset,
      value: JSON.stringify({ network: offset % 2 === 0 ? 'us' : 'ak', at: offset }),
    })),
  ]);
}

async function chunkAt(reads: SharedReads, log: ModelLog, next: number): Promise<ReplayChunk> {
  const read = await reads.read(0, log.id, at(next));
  assert.ok(read instanceof ReplayChunk);
  return read;
}

test('readers whose places lie within one chunk share one read of the broker, at the same time and later', async () => {
  const log = logOf(600);
  const reads = new SharedReads(log, stream, new ReplayCache());
  const [first, second] = await Promise.all([chunkAt(reads, log, 100), chunkAt(reads, log, 100)]);
  assert.equal(first, second);
  assert.equal(await chunkAt(reads, log, 350), first);
  assert.equal(log.reads, 1);
  await chunkAt(reads, log, 99);
  assert.equal(log.reads, 2);
});

test('a chunk gives each instance its own events behind a place, in order', async () => {
  const log = logOf(10);
  const reads = new SharedReads(log, stream, new ReplayCache());
  const chunk = await chunkAt(reads, log, 0);
  const offsets = (instance: string | undefined, next: number): unknown[] =>
    chunk
      .events(instance as TopicInstance | undefined, at(next))
      .map(({ event }) => (event.type === 'valid' ? event.value['at'] : 'invalid'));
  assert.deepEqual(offsets('quakes.us', 3), [4, 6, 8]);
  assert.deepEqual(offsets('quakes.ak', 4), [5, 7, 9]);
  assert.deepEqual(offsets(undefined, 7), [7, 8, 9]);
  assert.deepEqual(offsets('quakes.jp', 0), []);
});

test('a read that brings nothing is not kept: the log may have grown by the next', async () => {
  const log = logOf(3);
  const reads = new SharedReads(log, stream, new ReplayCache());
  assert.equal((await chunkAt(reads, log, 3)).records.length, 0);
  assert.equal(reads.known(0, log.id, at(3)), undefined);
});

test('cleared, it holds no chunk and gives the bytes back', async () => {
  const log = logOf(3);
  const cache = new ReplayCache();
  const reads = new SharedReads(log, stream, cache);
  await chunkAt(reads, log, 0);
  assert.ok(cache.bytes > 0);
  reads.clear();
  assert.equal(cache.bytes, 0);
  assert.equal(reads.known(0, log.id, at(0)), undefined);
});
