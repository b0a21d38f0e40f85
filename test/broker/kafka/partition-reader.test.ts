import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32c, createRecordsBatch } from '@platformatic/kafka';
import type { FetchedPartition } from '../../../src/broker/kafka/fetch-response.ts';
import { fetchedSteps } from '../../../src/broker/kafka/fetched-steps.ts';
import { PartitionReader } from '../../../src/broker/kafka/partition-reader.ts';
import { PartitionTail } from '../../../src/broker/kafka/partition-tail.ts';
import type { TailSink } from '../../../src/broker/port.ts';
import { silentLogger } from '../../../src/log/logger.ts';
import { systemClock } from '../../../src/time/clock.ts';

const EPOCH = 7;

/** A batch of records that name their own offset. */
function batch(baseOffset: number, count = 1): Buffer {
  const records = Array.from({ length: count }, (_, n) => ({
    topic: 't',
    value: Buffer.from(`{"n":${baseOffset + n}}`),
    timestamp: 1_000n,
  }));
  const bytes = Buffer.from(createRecordsBatch(records, { compression: 'none' }).buffer);
  bytes.writeBigInt64BE(BigInt(baseOffset), 0);
  bytes.writeInt32BE(EPOCH, 12);
  return bytes;
}

/** The same batch, as a marker of Kafka's. */
function control(baseOffset: number): Buffer {
  const bytes = batch(baseOffset);
  bytes.writeInt16BE(bytes.readInt16BE(21) | 0x30, 21);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  return bytes;
}

function damaged(baseOffset: number): Buffer {
  const bytes = batch(baseOffset);
  bytes.writeUInt8(bytes.readUInt8(70) ^ 1, 70);
  return bytes;
}

function fetched(...batches: Buffer[]): FetchedPartition {
  const end = 1_000n;
  return {
    partition: 3,
    errorCode: 0,
    highWatermark: end,
    lastStableOffset: end,
    abortedTransactions: [],
    diverged: false,
    records: Buffer.concat(batches),
  };
}

function reader(offset: bigint): PartitionReader {
  const environment = { clock: systemClock, log: silentLogger, topics: [], onBytes() {} };
  return new PartitionReader({ topic: 't', topicId: 'id', partition: 3, offset }, environment);
}

/** Adds a tail that writes down what it is told. */
function tailOf(reader: PartitionReader, next: bigint, told: string[] = []): string[] {
  const sink: TailSink = {
    positioned() {},
    record: ({ position }) => told.push(position?.type === 'kafka' ? `record ${position.offset}` : '?'),
    advanced: (index, position) => told.push(`${index} to ${position.type === 'kafka' ? position.next : '?'}`),
    gap() {},
    ended() {},
  };
  reader.tails.add(new PartitionTail(sink, 0, { type: 'kafka', next, leaderEpoch: -1 }, () => true));
  return told;
}

test('a tail is told of a hole at the end of what a fetch brought, and of none between records or where there is none', () => {
  const reading = reader(10n);
  const told = tailOf(reading, 10n);
  reading.take(fetched(batch(10, 2)));
  assert.deepEqual(told.splice(0), ['record 10', 'record 11']);
  reading.take(fetched(batch(12), control(13), batch(14), control(15)));
  assert.deepEqual(told.splice(0), ['record 12', 'record 14', '0 to 16']);
  reading.take(fetched(control(16)));
  assert.deepEqual(told.splice(0), ['0 to 17']);
  reading.take(fetched());
  assert.deepEqual(told, []);
});

test('a tail that begins before where the partition is read hears all from there, and the others nothing twice', () => {
  const reading = reader(10n);
  const first = tailOf(reading, 10n);
  reading.take(fetched(batch(10, 3), control(13)));
  assert.deepEqual(first.splice(0), ['record 10', 'record 11', 'record 12', '0 to 14']);
  const second = tailOf(reading, 12n);
  assert.equal(reading.goBackTo(12n), true);
  assert.deepEqual([reading.offset, reading.leaderEpoch], [12n, -1]);
  reading.take(fetched(batch(10, 3), control(13), batch(14)));
  assert.deepEqual(second, ['record 12', 'record 14']);
  assert.deepEqual(first, ['record 14']);
  assert.equal(reading.goBackTo(15n), false);
});

test('the lag is what stands between the place of the reader and the end of the log, and what lies behind the stable end', () => {
  const reading = reader(10n);
  assert.deepEqual(reading.lag(), { records: 0, heldBack: 0 });
  reading.take({ ...fetched(batch(10, 2)), highWatermark: 20n, lastStableOffset: 15n });
  assert.deepEqual(reading.lag(), { records: 8, heldBack: 5 });
  reading.take({ ...fetched(batch(12, 8)), highWatermark: 20n, lastStableOffset: 20n });
  assert.deepEqual(reading.lag(), { records: 0, heldBack: 0 });
});

test('a tail that begins behind where the partition is read hears nothing before its place', () => {
  const reading = reader(10n);
  const told = tailOf(reading, 13n);
  reading.take(fetched(batch(10), control(11)));
  assert.deepEqual(told, []);
  reading.take(fetched(batch(12, 2)));
  assert.deepEqual(told, ['record 13']);
});

test('F18: a damaged batch is one unreadable record at its last offset, and what follows is read', () => {
  const steps = [...fetchedSteps(fetched(batch(5), damaged(6), batch(7)), 5n, 99)];
  assert.deepEqual(
    steps.map(({ records, next, leaderEpoch, unreadable }) => [
      records.map(({ offset, value }) => [offset, String(value)]),
      next,
      leaderEpoch,
      unreadable !== undefined,
    ]),
    [
      [[[5n, '{"n":5}']], 6n, EPOCH, false],
      [[[6n, '']], 7n, EPOCH, true],
      [[[7n, '{"n":7}']], 8n, EPOCH, false],
    ],
  );
});

test('F18: bytes without a frame are one unreadable record, and one offset is passed over', () => {
  const [step, ...others] = fetchedSteps(fetched(Buffer.alloc(80, 1)), 5n, 99);
  assert.deepEqual([step?.records.map(({ offset }) => offset), step?.next, others.length], [[5n], 6n, 0]);
  assert.deepEqual([...fetchedSteps(fetched(), 5n, 99)], [], 'nothing is there');
});
