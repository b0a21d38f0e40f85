import assert from 'node:assert/strict';
import type { Chunk, ExpiryReason, History, ReadLimits, StartingPoint } from '../../../src/broker/history.ts';
import type { Broker } from '../../../src/broker/port.ts';
import type { BrokerRecord } from '../../../src/broker/record.ts';
import type { Stream } from '../../../src/broker/stream.ts';
import type { PartitionPosition, StreamPosition } from '../../../src/routing/position.ts';
import { text } from '../collector.ts';

export const LIMITS: ReadLimits = { maxRecords: 1_000, maxBytes: 1_048_576 };

/** Reads after which a loop surely does not end by itself. */
const MAX_READS = 10_000;

export function historyOf(broker: Broker): History {
  assert.ok(broker.history);
  return broker.history;
}

export async function locate(broker: Broker, stream: Stream, start: StartingPoint): Promise<StreamPosition> {
  const answer = await historyOf(broker).locate(stream, start);
  assert.ok(answer.type === 'located', answer.type);
  return answer.position;
}

/** One chunk of the partition with that index, behind a position. */
export async function readOnce(
  broker: Broker,
  stream: Stream,
  position: StreamPosition,
  { index = 0, limits = LIMITS }: { readonly index?: number; readonly limits?: ReadLimits } = {},
): Promise<Chunk> {
  const answer = await historyOf(broker).read(stream, index, position.log, placeAt(position, index), limits);
  assert.ok(answer.type === 'chunk', answer.type);
  return answer;
}

/** Everything behind a position, partition by partition, and where that ends. */
export async function readToEnd(
  broker: Broker,
  stream: Stream,
  position: StreamPosition,
  limits: ReadLimits = LIMITS,
): Promise<{
  readonly records: readonly BrokerRecord[];
  readonly texts: readonly string[];
  readonly end: StreamPosition;
}> {
  const records: BrokerRecord[] = [];
  const partitions: PartitionPosition[] = [];
  let reads = 0;
  for (const [index, start] of position.partitions.entries()) {
    let place = start;
    for (let atEnd = false; !atEnd; ) {
      assert.ok(++reads < MAX_READS, 'reading comes to an end');
      const at = { log: position.log, partitions: position.partitions.with(index, place) };
      const chunk = await readOnce(broker, stream, at, { index, limits });
      records.push(...chunk.records);
      place = chunk.next;
      atEnd = chunk.atEnd;
    }
    partitions.push(place);
  }
  return { records, texts: records.map(text), end: { log: position.log, partitions } };
}

/** The records before a position in the partition with that index, newest chunk first put together in log order. */
export async function readBackToStart(
  broker: Broker,
  stream: Stream,
  position: StreamPosition,
  limits: ReadLimits = LIMITS,
): Promise<readonly BrokerRecord[]> {
  const records: BrokerRecord[] = [];
  let place = placeAt(position, 0);
  for (let reads = 0; reads < MAX_READS; reads++) {
    const chunk = await historyOf(broker).readBackwards(stream, 0, position.log, place, limits);
    assert.ok(chunk.type === 'chunk', chunk.type);
    records.unshift(...chunk.records);
    place = chunk.next;
    if (chunk.atEnd) return records;
  }
  throw new Error('reading back does not end');
}

export function placeAt({ partitions }: StreamPosition, index: number): PartitionPosition {
  const place = partitions[index];
  assert.ok(place, `a place of partition ${index}`);
  return place;
}

/** A position of a topic with one partition. */
export function kafkaPlace(log: string, next: bigint, leaderEpoch: number): StreamPosition {
  return { log, partitions: [{ type: 'kafka', next, leaderEpoch }] };
}

/** The offsets of the next records. */
export function offsets({ partitions }: StreamPosition): readonly bigint[] {
  return partitions.map((place) => (place.type === 'kafka' ? place.next : -1n));
}

/** Asserts that neither resuming nor reading from a position is possible, for this reason; gives the oldest place. */
export async function hasExpired(
  broker: Broker,
  stream: Stream,
  position: StreamPosition,
  reason: ExpiryReason,
): Promise<StreamPosition> {
  const resumed = await historyOf(broker).resume(stream, position);
  assert.ok(resumed.type === 'expired', `resume: ${resumed.type}`);
  assert.equal(resumed.reason, reason);
  const read = await historyOf(broker).read(stream, 0, position.log, placeAt(position, 0), LIMITS);
  assert.ok(read.type === 'expired', `read: ${read.type}`);
  assert.equal(read.reason, reason);
  assert.ok(resumed.oldest);
  assert.deepEqual(read.oldest, resumed.oldest);
  return resumed.oldest;
}
