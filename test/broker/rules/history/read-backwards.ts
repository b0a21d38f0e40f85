import assert from 'node:assert/strict';
import type { ReadLimits } from '../../../../src/broker/history.ts';
import type { BrokerRecord } from '../../../../src/broker/record.ts';
import { positionAfter } from '../../../../src/fanout/position-after.ts';
import type { StreamPosition } from '../../../../src/routing/position.ts';
import type { Bench } from '../../bench.ts';
import type { Rule } from '../../rule.ts';
import { instanceOf } from '../../topics.ts';
import {
  cannotKeep,
  earliest,
  historyOf,
  indexOf,
  latest,
  partitionAt,
  plain,
  publishSome,
  readBack,
  readOn,
  samePlace,
} from './reading.ts';

const LIMITS: readonly ReadLimits[] = [
  { maxRecords: 5_000, maxBytes: 4_194_304 },
  { maxRecords: 7, maxBytes: 4_194_304 },
  { maxRecords: 1_000, maxBytes: 30_000 },
];

async function backInChunks(bench: Bench): Promise<void> {
  const topic = bench.topics.plain;
  const broker = await bench.open();
  const history = historyOf(broker);
  const stream = broker.stream(topic, undefined);
  const instance = instanceOf(topic);
  await publishSome(bench, broker, topic, instance, 45);
  const forwards = await readOn(history, stream, await earliest(history, stream));
  assert.ok(forwards.records.length >= 45);
  for (const limits of LIMITS) {
    const backwards = await readBack(history, stream, forwards.end, limits);
    assert.deepEqual(backwards.records.map(plain), forwards.records.map(plain), JSON.stringify(limits));
    const again = await readOn(history, stream, backwards.end);
    assert.equal(again.records.length, forwards.records.length, 'the start of a read back is a place to read on from');
  }
}

/** From the newest record to the oldest of the instance, one at a time. */
async function recordByRecord(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const history = historyOf(broker);
  const instance = bench.instance('back');
  const stream = broker.stream(topic, instance);
  const start = await latest(history, stream);
  await publishSome(bench, broker, topic, instance, 12);
  const { records, end } = await readOn(history, stream, start);
  const own = bench.recordsOf(topic, instance, { records });
  const [partition] = own.map((record) => indexOf(stream, record));
  assert.ok(partition !== undefined);
  const inPartition = records.filter((record) => indexOf(stream, record) === partition);
  let position = partitionAt(await latest(history, stream), partition);
  for (const [back, expected] of inPartition.toReversed().entries()) {
    const limits = { maxRecords: 1, maxBytes: 1 };
    const chunk = await history.readBackwards(stream, partition, end.log, position, limits);
    assert.ok(chunk.type === 'chunk', chunk.type);
    assert.deepEqual(chunk.records.map(plain), [plain(expected)], `${back} back`);
    if (back < inPartition.length - 1) assert.equal(chunk.atEnd, false, 'more stands before');
    position = chunk.next;
    // Reading on from there brings what was just read and all behind it.
    const again = await readOn(history, stream, at(end, partition, position));
    assert.deepEqual(again.records.map(plain), inPartition.slice(inPartition.length - 1 - back).map(plain));
  }
}

function at(end: StreamPosition, partition: number, position: StreamPosition['partitions'][number]): StreamPosition {
  return { log: end.log, partitions: end.partitions.map((other, index) => (index === partition ? position : other)) };
}

async function fromTheMiddle(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const history = historyOf(broker);
  const instance = bench.instance('middle');
  const stream = broker.stream(topic, instance);
  await publishSome(bench, broker, topic, instance, 9);
  const start = await earliest(history, stream);
  const { records, end } = await readOn(history, stream, start);
  const own = bench.recordsOf(topic, instance, { records });
  for (const record of own) {
    const partition = indexOf(stream, record);
    const newest = await history.readBackwards(stream, partition, end.log, positionAfter(record), {
      maxRecords: 3,
      maxBytes: 4_194_304,
    });
    assert.ok(newest.type === 'chunk', newest.type);
    const behind = (other: BrokerRecord): boolean => indexOf(stream, other) === partition;
    const upTo = records.filter(behind);
    const index = upTo.indexOf(record);
    assert.deepEqual(newest.records.map(plain), upTo.slice(Math.max(0, index - 2), index + 1).map(plain));
  }
  const back = await readBack(history, stream, start);
  assert.equal(back.records.length, 0, 'nothing stands before the earliest place');
  samePlace(back.end, start, 'the start');
}

export const readBackwardsRules: readonly Rule[] = [
  {
    name: 'a log read backwards in chunks is the log, in log order within a chunk',
    unfit: cannotKeep,
    run: backInChunks,
  },
  {
    name: 'reading back one by one meets every record, and each place can be read on from',
    unfit: cannotKeep,
    run: recordByRecord,
  },
  { name: 'reading back from a record brings it and those before it', unfit: cannotKeep, run: fromTheMiddle },
];
