import assert from 'node:assert/strict';
import type { History } from '../../../../src/broker/history.ts';
import type { Stream } from '../../../../src/broker/stream.ts';
import { positionAfter } from '../../../../src/fanout/position-after.ts';
import type { PartitionPosition, StreamPosition } from '../../../../src/routing/position.ts';
import type { Bench } from '../../bench.ts';
import type { Rule } from '../../rule.ts';
import {
  cannotKeep,
  earliest,
  historyOf,
  indexOf,
  latest,
  partitionAt,
  plain,
  publishSome,
  readOn,
  samePlace,
  textsOf,
  underTest,
} from './reading.ts';

export async function resumed(history: History, stream: Stream, position: StreamPosition): Promise<StreamPosition> {
  const answer = await history.resume(stream, position);
  if (answer.type !== 'valid') throw new Error(`resume: ${answer.type} ${answer.reason}`);
  return answer.position;
}

/** The place behind each record of a reading, beginning at the place before the first. */
function placesIn(
  stream: Stream,
  start: StreamPosition,
  records: readonly Parameters<typeof positionAfter>[0][],
): readonly StreamPosition[] {
  const places = [start];
  const partitions = [...start.partitions];
  for (const record of records) {
    partitions[indexOf(stream, record)] = positionAfter(record);
    places.push({ log: start.log, partitions: [...partitions] });
  }
  return places;
}

async function everyPlace(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const history = historyOf(broker);
  const instance = bench.instance('resume');
  const stream = broker.stream(topic, instance);
  const start = await latest(history, stream);
  await publishSome(bench, broker, topic, instance, 25);
  const { records } = await readOn(history, stream, start);
  for (const [read, place] of placesIn(stream, start, records).entries()) {
    const position = await resumed(history, stream, place);
    samePlace(position, place, 'a valid position is given back');
    const rest = await readOn(history, stream, position, { maxRecords: 10, maxBytes: 4_194_304 });
    assert.deepEqual(rest.records.map(plain), records.slice(read).map(plain));
  }
}

async function otherGateway(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const first = await bench.open();
  const instance = bench.instance('reopen');
  const stream = first.stream(topic, instance);
  const start = await latest(historyOf(first), stream);
  const collector = await bench.attached(first, topic, instance);
  const values = await publishSome(bench, first, topic, instance, 12);
  await bench.settled(first, topic, instance, collector);
  const [began] = collector.positions;
  assert.ok(began);
  const { records } = await readOn(historyOf(first), stream, start);
  collector.closing();
  await first.close();

  const second = await bench.open(bench.keep(underTest(bench).reopen()));
  const history = historyOf(second);
  const again = second.stream(topic, instance);
  for (const [read, place] of placesIn(stream, start, records).entries()) {
    const rest = await readOn(history, again, await resumed(history, again, place));
    assert.deepEqual(rest.records.map(plain), records.slice(read).map(plain), 'places are the log’s, not a process’s');
  }
  const since = await readOn(history, again, await resumed(history, again, began));
  assert.deepEqual(textsOf(bench, topic, instance, since), values, 'from where the old tail began');
  await bench.publishSurely(second, topic, instance, '{"by":"second"}');
  const from = await readOn(history, again, await resumed(history, again, began));
  assert.deepEqual(textsOf(bench, topic, instance, from), [...values, '{"by":"second"}']);
}

/** A name that a log of the same broker could have. */
export function otherLog({ log }: StreamPosition): string {
  const uuid = '3f2b6a1c-9d4e-4c7a-8b15-0c9e7d6a5f43';
  return /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(log) ? uuid : 'AnotherLogAltogether'.slice(0, Math.max(4, log.length));
}

async function ofAnotherLog(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const history = historyOf(broker);
  const instance = bench.instance('other-log');
  const stream = broker.stream(topic, instance);
  const values = await publishSome(bench, broker, topic, instance, 5);
  const position = await earliest(history, stream);
  const foreign = { ...position, log: otherLog(position) };
  const expired = await history.resume(stream, foreign);
  assert.ok(expired.type === 'expired', expired.type);
  assert.equal(expired.reason, 'recreated');
  assert.ok(expired.oldest, 'the oldest place is known');
  const reading = await readOn(history, stream, await resumed(history, stream, expired.oldest));
  assert.deepEqual(textsOf(bench, topic, instance, reading), values);
  const limits = { maxRecords: 10, maxBytes: 1_000 };
  const forwards = await history.read(stream, 0, foreign.log, partitionAt(foreign, 0), limits);
  const backwards = await history.readBackwards(stream, 0, foreign.log, partitionAt(foreign, 0), limits);
  for (const answer of [forwards, backwards]) {
    assert.ok(answer.type === 'expired', answer.type);
    assert.equal(answer.reason, 'recreated');
  }
}

function beyond(position: PartitionPosition): PartitionPosition {
  switch (position.type) {
    case 'kafka':
      return { ...position, next: position.next + 1_000_000n };
    case 'redis-stream': {
      const [time = '0'] = position.id.split('-');
      return { ...position, id: `${BigInt(time) + 1_000_000n}-0`, ordinal: position.ordinal + 1_000_000 };
    }
    case 'log':
      return { ...position, sequence: position.sequence + 1_000_000 };
    default:
      throw position satisfies never;
  }
}

async function beyondTheEnd(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const history = historyOf(broker);
  const instance = bench.instance('beyond');
  const stream = broker.stream(topic, instance);
  await publishSome(bench, broker, topic, instance, 5);
  const end = await latest(history, stream);
  const later = { log: end.log, partitions: end.partitions.map(beyond) };
  const expired = await history.resume(stream, later);
  assert.ok(expired.type === 'expired', expired.type);
  assert.equal(expired.reason, underTest(bench).beyondEnd);
  const limits = { maxRecords: 10, maxBytes: 1_000 };
  const read = await history.read(stream, 0, later.log, partitionAt(later, 0), limits);
  assert.ok(read.type === 'expired', read.type);
  assert.equal(read.reason, underTest(bench).beyondEnd);
}

async function noSuchPartition(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const history = historyOf(broker);
  const instance = bench.instance('partition');
  const stream = broker.stream(topic, instance);
  await publishSome(bench, broker, topic, instance, 3);
  const end = await latest(history, stream);
  const place = partitionAt(end, 0);
  const limits = { maxRecords: 10, maxBytes: 1_000 };
  const answers = [
    await history.resume(stream, { log: end.log, partitions: Array.from({ length: 90 }, () => place) }),
    await history.read(stream, 89, end.log, place, limits),
    await history.readBackwards(stream, 89, end.log, place, limits),
  ];
  for (const answer of answers) {
    assert.ok(answer.type === 'expired', answer.type);
    assert.equal(answer.reason, 'invalid');
  }
}

export const resumeRules: readonly Rule[] = [
  { name: 'every place of a log can be resumed from, and the rest follows', unfit: cannotKeep, run: everyPlace },
  { name: 'a place stays good for another gateway, after this one was closed', unfit: cannotKeep, run: otherGateway },
  { name: 'F14: a place of another log is `recreated`', unfit: cannotKeep, run: ofAnotherLog },
  { name: 'F16: a place behind the end of the log has expired', unfit: cannotKeep, run: beyondTheEnd },
  { name: 'a partition that does not exist is `invalid`', unfit: cannotKeep, run: noSuchPartition },
];
