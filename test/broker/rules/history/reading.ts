import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type {
  Chunk,
  Expired,
  History,
  ReadLimits,
  StartingPoint,
  Unavailable,
} from '../../../../src/broker/history.ts';
import type { Broker } from '../../../../src/broker/port.ts';
import type { BrokerRecord } from '../../../../src/broker/record.ts';
import type { Stream } from '../../../../src/broker/stream.ts';
import { partitionIndex, positionAfter } from '../../../../src/fanout/position-after.ts';
import { comparePositions, type PartitionPosition, type StreamPosition } from '../../../../src/routing/position.ts';
import type { Topic, TopicInstance } from '../../../../src/routing/topic.ts';
import type { HistoryUnderTest } from '../../adapter-under-test.ts';
import { acknowledged, type Bench, within } from '../../bench.ts';
import { text } from '../../collector.ts';

/** Every method of History settles within 5 s; three times that for slow machines. */
export const ANSWER_MS = 15_000;

/** Enough for the rules that do not look at chunks. */
export const LARGE: ReadLimits = { maxRecords: 5_000, maxBytes: 4_194_304 };

/** Reads after which a loop surely does not end by itself. */
const MAX_READS = 50_000;

export const cannotKeep = ({ server }: Bench): string | undefined =>
  server.history.can ? undefined : server.history.why;

export function underTest(bench: Bench): HistoryUnderTest {
  const { history } = bench.server;
  if (!history.can) throw new Error(history.why);
  return history;
}

export function historyOf(broker: Broker): History {
  assert.ok(broker.history, `${broker.name} keeps events, so it has a history`);
  return broker.history;
}

/** Which of its stream's positions a record belongs to: a stream of one partition has one, whatever the partition's number. */
export function indexOf(stream: Stream, record: BrokerRecord): number {
  return partitionIndex(stream, record);
}

export function partitionAt({ partitions }: StreamPosition, partition: number): PartitionPosition {
  const position = partitions[partition];
  assert.ok(position, `a position has a partition ${partition}`);
  return position;
}

/** The same place in every partition of the same log? */
export function samePlace(actual: StreamPosition, expected: StreamPosition, what: string): void {
  assert.equal(actual.log, expected.log, what);
  assert.equal(actual.partitions.length, expected.partitions.length, what);
  for (const [index, position] of actual.partitions.entries()) {
    const other = partitionAt(expected, index);
    const shown = `${what}: ${JSON.stringify([position, other], (_, v) => (typeof v === 'bigint' ? String(v) : v))}`;
    assert.equal(comparePositions(position, other), 0, shown);
  }
}

export async function locate(history: History, stream: Stream, start: StartingPoint): Promise<StreamPosition> {
  const answer = await within(history.locate(stream, start), ANSWER_MS, `locate ${start.type}`);
  if (answer.type === 'unavailable') throw new Error(`locate ${start.type}: ${answer.reason}`);
  assert.ok(answer.position.log !== '', 'a log has a name');
  assert.ok(answer.position.partitions.length > 0);
  return answer.position;
}

export const earliest = (history: History, stream: Stream): Promise<StreamPosition> =>
  locate(history, stream, { type: 'earliest' });

export const latest = (history: History, stream: Stream): Promise<StreamPosition> =>
  locate(history, stream, { type: 'latest' });

function chunkOf(answer: Chunk | Expired | Unavailable, what: string): Chunk {
  if (answer.type === 'chunk') return answer;
  throw new Error(`${what}: ${answer.type} ${answer.reason}`);
}

/** Does a chunk keep to the limits? */
function isWithin({ records }: Chunk, limits: ReadLimits): void {
  assert.ok(records.length <= limits.maxRecords, `${records.length} of at most ${limits.maxRecords} records`);
  const bytes = records.reduce((sum, { value }) => sum + (value?.byteLength ?? 0), 0);
  assert.ok(bytes <= limits.maxBytes || records.length === 1, `${bytes} bytes in ${records.length} records`);
}

/** What stands behind a position, and where the end was. */
export interface Reading {
  /** By partition, each in the order of the log. */
  readonly records: readonly BrokerRecord[];
  readonly end: StreamPosition;
  readonly chunks: number;
}

/** Reads every partition to its end, chunk by chunk, and checks each chunk against the contract. */
export async function readOn(
  history: History,
  stream: Stream,
  from: StreamPosition,
  limits: ReadLimits = LARGE,
): Promise<Reading> {
  const records: BrokerRecord[] = [];
  const partitions: PartitionPosition[] = [];
  let chunks = 0;
  for (const [partition, start] of from.partitions.entries()) {
    let position = start;
    for (let atEnd = false; !atEnd; ) {
      assert.ok(++chunks <= MAX_READS, 'reading comes to an end');
      const answer = await within(history.read(stream, partition, from.log, position, limits), ANSWER_MS, 'read');
      const chunk = chunkOf(answer, 'read');
      isWithin(chunk, limits);
      let before = position;
      for (const record of chunk.records) {
        assert.equal(indexOf(stream, record), partition);
        const after = positionAfter(record);
        assert.ok(comparePositions(after, before) > 0, 'records stand behind the position, in order');
        before = after;
      }
      assert.ok(comparePositions(chunk.next, before) >= 0, '`next` stands behind the last record');
      assert.ok(
        chunk.atEnd || chunk.records.length > 0 || comparePositions(chunk.next, position) > 0,
        'a read goes on',
      );
      records.push(...chunk.records);
      position = chunk.next;
      atEnd = chunk.atEnd;
    }
    partitions.push(position);
  }
  return { records, end: { log: from.log, partitions }, chunks };
}

/** Reads every partition back to the start of what is kept; the records in log order, by partition. */
export async function readBack(
  history: History,
  stream: Stream,
  from: StreamPosition,
  limits: ReadLimits = LARGE,
): Promise<Reading> {
  const records: BrokerRecord[] = [];
  const partitions: PartitionPosition[] = [];
  let chunks = 0;
  for (const [partition, start] of from.partitions.entries()) {
    const found: (readonly BrokerRecord[])[] = [];
    let position = start;
    for (let atEnd = false; !atEnd; ) {
      assert.ok(++chunks <= MAX_READS, 'reading back comes to an end');
      const read = history.readBackwards(stream, partition, from.log, position, limits);
      const chunk = chunkOf(await within(read, ANSWER_MS, 'readBackwards'), 'readBackwards');
      isWithin(chunk, limits);
      let before = chunk.next;
      for (const record of chunk.records) {
        assert.equal(indexOf(stream, record), partition);
        const after = positionAfter(record);
        assert.ok(comparePositions(after, before) > 0, '`next` stands before the first, and they are in log order');
        before = after;
      }
      if (chunk.records.length > 0) assert.ok(comparePositions(before, position) <= 0, 'all stand before the position');
      assert.ok(
        chunk.atEnd || chunk.records.length > 0 || comparePositions(chunk.next, position) < 0,
        'a read back goes on',
      );
      found.unshift(chunk.records);
      position = chunk.next;
      atEnd = chunk.atEnd;
    }
    records.push(...found.flat());
    partitions.push(position);
  }
  return { records, end: { log: from.log, partitions }, chunks };
}

/** A record as it can be compared, byte for byte, and shown when it is another one. */
export function plain({ instance, key, value, position, timestamp }: BrokerRecord): object {
  return { instance, key: key?.toString('hex'), value: shown(value), position, timestamp };
}

/** Long values by their digest: the difference between two logs would take minutes to print. */
function shown(value: Buffer | null): string | undefined {
  if (value === null || value.byteLength <= 64) return value?.toString('hex');
  return `${value.byteLength} bytes, SHA-256 ${createHash('sha256').update(value).digest('hex')}`;
}

/** The values of one instance in a reading, without markers. */
export function textsOf(bench: Bench, topic: Topic, instance: TopicInstance, reading: Reading): string[] {
  return bench
    .recordsOf(topic, instance, reading)
    .map(text)
    .filter((value) => !value.startsWith('{"marker":'));
}

/** Publishes `count` values of different lengths, some beyond 16 KiB, in this order; returns them. */
export async function publishSome(
  bench: Bench,
  broker: Broker,
  topic: Topic,
  instance: TopicInstance,
  count: number,
): Promise<string[]> {
  const values = Array.from({ length: count }, (_, n) => {
    const filler = n % 11 === 5 ? 'é🌋'.repeat(4_000) : 'x'.repeat(n % 7);
    return JSON.stringify({ n, of: instance, filler });
  });
  const outcomes = await Promise.all(values.map((value) => bench.publish(broker, topic, instance, value)));
  for (const outcome of outcomes) acknowledged(outcome);
  return values;
}
