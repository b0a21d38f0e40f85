import assert from 'node:assert/strict';
import type { Chunk, Expired, History, Unavailable } from '../../../../src/broker/history.ts';
import type { Broker } from '../../../../src/broker/port.ts';
import type { BrokerRecord } from '../../../../src/broker/record.ts';
import type { Stream } from '../../../../src/broker/stream.ts';
import { positionAfter } from '../../../../src/fanout/position-after.ts';
import type { StreamPosition } from '../../../../src/routing/position.ts';
import type { TopicInstance } from '../../../../src/routing/topic.ts';
import type { Bench } from '../../bench.ts';
import type { Rule } from '../../rule.ts';
import {
  cannotKeep,
  earliest,
  historyOf,
  indexOf,
  LARGE,
  latest,
  partitionAt,
  publishSome,
  readBack,
  readOn,
  textsOf,
  underTest,
} from './reading.ts';
import { resumed } from './resume.ts';

/** An instance with 20 events, and the place behind each of them. */
interface Filled {
  readonly broker: Broker;
  readonly history: History;
  readonly instance: TopicInstance;
  readonly stream: Stream;
  readonly values: readonly string[];
  readonly start: StreamPosition;
  /** Behind the n-th event; every other partition at its end. */
  behind(n: number): StreamPosition;
  /** Of the events. */
  readonly partition: number;
}

async function filled(bench: Bench, word: string): Promise<Filled> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const history = historyOf(broker);
  const instance = bench.instance(word);
  const stream = broker.stream(topic, instance);
  const start = await latest(history, stream);
  const values = await publishSome(bench, broker, topic, instance, 20);
  const { records, end } = await readOn(history, stream, start);
  const own = bench.recordsOf(topic, instance, { records });
  const [first] = own;
  assert.ok(first);
  const partition = indexOf(stream, first);
  const at = (record: BrokerRecord): StreamPosition => ({
    log: end.log,
    partitions: end.partitions.map((place, index) => (index === partition ? positionAfter(record) : place)),
  });
  return {
    broker,
    history,
    instance,
    stream,
    values,
    start,
    partition,
    behind(n) {
      const record = own[n];
      assert.ok(record);
      return at(record);
    },
  };
}

function isExpired(
  answer: Chunk | Expired | Unavailable | { readonly type: 'valid' },
  reason: Expired['reason'],
): StreamPosition {
  assert.ok(answer.type === 'expired', `${answer.type}, not expired`);
  assert.equal(answer.reason, reason);
  assert.ok(answer.oldest, 'the oldest place is known');
  return answer.oldest;
}

async function trimmedPast(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const { history, instance, stream, values, start, behind, partition } = await filled(bench, 'trimmed');
  await underTest(bench).trim(topic, instance, 8);
  const kept = values.slice(12);
  for (const lost of [start, behind(0), behind(5), behind(10)]) {
    const oldest = isExpired(await history.resume(stream, lost), 'trimmed');
    const reading = await readOn(history, stream, await resumed(history, stream, oldest));
    assert.deepEqual(textsOf(bench, topic, instance, reading), kept, 'the oldest place can be read from');
    const read = await history.read(stream, partition, lost.log, partitionAt(lost, partition), LARGE);
    isExpired(read, 'trimmed');
  }
  const fromEarliest = await readOn(history, stream, await earliest(history, stream));
  assert.deepEqual(textsOf(bench, topic, instance, fromEarliest), kept);
  const sinceZero = await history.locate(stream, { type: 'time', time: 0 });
  assert.ok(sinceZero.type === 'located', sinceZero.type);
  assert.deepEqual(textsOf(bench, topic, instance, await readOn(history, stream, sinceZero.position)), kept);
}

async function nothingLost(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const { history, instance, stream, values, behind } = await filled(bench, 'edge');
  await underTest(bench).trim(topic, instance, 8);
  for (let n = 11; n < 20; n++) {
    const reading = await readOn(history, stream, await resumed(history, stream, behind(n)));
    assert.deepEqual(textsOf(bench, topic, instance, reading), values.slice(n + 1), `behind ${n}`);
  }
}

async function quiet(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const { broker, history, instance, stream, behind } = await filled(bench, 'quiet');
  await underTest(bench).trim(topic, instance, 0);
  const place = behind(19);
  const empty = await readOn(history, stream, await resumed(history, stream, place));
  assert.deepEqual(textsOf(bench, topic, instance, empty), []);
  isExpired(await history.resume(stream, behind(18)), 'trimmed');
  await bench.publishSurely(broker, topic, instance, '{"after":"the trim"}');
  const reading = await readOn(history, stream, await resumed(history, stream, place));
  assert.deepEqual(textsOf(bench, topic, instance, reading), ['{"after":"the trim"}']);
  isExpired(await history.resume(stream, behind(18)), 'trimmed');
}

async function backFromTrimmed(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const { history, instance, stream, values, behind, partition } = await filled(bench, 'back-trimmed');
  await underTest(bench).trim(topic, instance, 8);
  const back = await readBack(history, stream, await latest(history, stream), { maxRecords: 3, maxBytes: 4_194_304 });
  assert.deepEqual(textsOf(bench, topic, instance, back), values.slice(12), 'back to the first that is kept');
  const lost = behind(5);
  const chunk = await history.readBackwards(stream, partition, lost.log, partitionAt(lost, partition), LARGE);
  assert.ok(chunk.type === 'chunk', chunk.type);
  assert.deepEqual(
    [chunk.records.length, chunk.atEnd],
    [0, true],
    'nothing is kept before a place that was trimmed past',
  );
}

async function madeAnewMeanwhile(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const { broker, instance, behind, start } = await filled(bench, 'anew');
  await broker.close();
  const values = Array.from({ length: 40 }, (_, n) => JSON.stringify({ anew: n }));
  await underTest(bench).recreate(topic, instance, values);
  const second = await bench.open(bench.keep(underTest(bench).reopen()));
  await expireRecreated(bench, second, instance, [start, behind(0), behind(19)], values);
}

/** Places of the old log have expired, and the oldest place of the new one reads all of it. */
async function expireRecreated(
  bench: Bench,
  broker: Broker,
  instance: TopicInstance,
  places: readonly StreamPosition[],
  values: readonly string[],
): Promise<void> {
  const topic = bench.topics.parameter;
  const history = historyOf(broker);
  const stream = broker.stream(topic, instance);
  for (const place of places) {
    const oldest = isExpired(await history.resume(stream, place), 'recreated');
    const reading = await readOn(history, stream, await resumed(history, stream, oldest));
    assert.deepEqual(textsOf(bench, topic, instance, reading), values);
    const read = await history.read(stream, 0, place.log, partitionAt(place, 0), LARGE);
    assert.ok(read.type === 'expired' && read.reason === 'recreated', `${read.type}: no other data in silence`);
    const back = await history.readBackwards(stream, 0, place.log, partitionAt(place, 0), LARGE);
    assert.ok(back.type === 'expired' && back.reason === 'recreated', `${back.type}: no other data in silence`);
  }
}

async function madeAnewUnderATail(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const { broker, instance, behind } = await filled(bench, 'anew-live');
  const collector = await bench.attached(broker, topic, instance);
  const values = Array.from({ length: 40 }, (_, n) => JSON.stringify({ anew: n }));
  await underTest(bench).recreate(topic, instance, values);
  await bench.soon('the tail to end', () => collector.ends.length > 0);
  assert.deepEqual(collector.ends, ['recreated']);
  assert.deepEqual(bench.recordsOf(topic, instance, collector), [], 'nothing of the new log came in silence');
  await bench.soon('the history of the new log', async () => {
    const { type } = await historyOf(broker).locate(broker.stream(topic, instance), { type: 'latest' });
    return type === 'located';
  });
  await expireRecreated(bench, broker, instance, [behind(0), behind(19)], values);
  const next = await bench.attached(broker, topic, instance);
  await bench.publishSurely(broker, topic, instance, '{"next":1}');
  await next.sees('{"next":1}');
}

const cannotUnder = (bench: Bench): string | undefined => {
  const { history } = bench.server;
  if (!history.can) return history.why;
  return history.recreateUnderBroker.can ? undefined : history.recreateUnderBroker.why;
};

export const lossRules: readonly Rule[] = [
  {
    name: 'F7, F15: a place that was trimmed past has expired, and says from where can be read',
    unfit: cannotKeep,
    run: trimmedPast,
  },
  { name: 'F7: a place behind which nothing was trimmed stays good', unfit: cannotKeep, run: nothingLost },
  { name: 'F7: a quiet place stays good when its own record is trimmed', unfit: cannotKeep, run: quiet },
  { name: 'reading back ends at the first record that is kept', unfit: cannotKeep, run: backFromTrimmed },
  { name: 'F14: places of a log that was made anew are `recreated`', unfit: cannotKeep, run: madeAnewMeanwhile },
  {
    name: 'F14: a log made anew under a tail ends it, and its places are `recreated`',
    unfit: cannotUnder,
    run: madeAnewUnderATail,
  },
];
