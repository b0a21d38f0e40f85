import assert from 'node:assert/strict';
import type { StartingPoint } from '../../../../src/broker/history.ts';
import type { Bench } from '../../bench.ts';
import type { Rule } from '../../rule.ts';
import {
  cannotKeep,
  earliest,
  historyOf,
  latest,
  locate,
  plain,
  publishSome,
  readOn,
  samePlace,
  textsOf,
} from './reading.ts';

/** The last millisecond of the year 9999. */
const FAR_FUTURE = 253_402_300_799_999;

async function emptyLog(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const history = historyOf(broker);
  const starts: readonly StartingPoint[] = [
    { type: 'earliest' },
    { type: 'latest' },
    { type: 'time', time: 0 },
    { type: 'time', time: Date.now() },
    { type: 'time', time: FAR_FUTURE },
  ];
  for (const start of starts) {
    const instance = bench.instance('empty');
    const stream = broker.stream(topic, instance);
    const position = await locate(history, stream, start);
    assert.deepEqual(textsOf(bench, topic, instance, await readOn(history, stream, position)), []);
    assert.equal((await history.resume(stream, position)).type, 'valid');
    await bench.publishSurely(broker, topic, instance, '{"first":1}');
    const reading = await readOn(history, stream, position);
    assert.deepEqual(textsOf(bench, topic, instance, reading), ['{"first":1}'], `${start.type} of an empty log`);
    assert.equal((await history.resume(stream, position)).type, 'valid', `${start.type} after the first record`);
  }
}

async function earliestAndLatest(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const history = historyOf(broker);
  const instance = bench.instance('located');
  const stream = broker.stream(topic, instance);
  const before = await latest(history, stream);
  const values = await publishSome(bench, broker, topic, instance, 20);
  const after = await latest(history, stream);
  for (const start of [await earliest(history, stream), before]) {
    assert.deepEqual(textsOf(bench, topic, instance, await readOn(history, stream, start)), values);
  }
  assert.equal((await readOn(history, stream, after)).records.length, 0, 'nothing stands behind the latest place');
  await bench.publishSurely(broker, topic, instance, '{"later":1}');
  assert.deepEqual(textsOf(bench, topic, instance, await readOn(history, stream, after)), ['{"later":1}']);
}

async function byTime(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const history = historyOf(broker);
  const instance = bench.instance('time');
  const stream = broker.stream(topic, instance);
  const start = await latest(history, stream);
  for (let n = 0; n < 8; n++) {
    const called = Date.now();
    await bench.publishSurely(broker, topic, instance, JSON.stringify({ n }));
    // Some share a millisecond, most do not.
    if (n % 4 !== 0) await bench.soon('a later millisecond', () => Date.now() > called + 1);
  }
  const records = bench.recordsOf(topic, instance, await readOn(history, stream, start));
  assert.equal(records.length, 8);
  const timestamps = records.map(({ timestamp }) => timestamp);
  for (const time of timestamps.flatMap((timestamp) => [timestamp, timestamp + 1])) {
    const first = timestamps.findIndex((timestamp) => timestamp >= time);
    const expected = first === -1 ? [] : records.slice(first).map(({ value }) => String(value));
    const reading = await readOn(history, stream, await locate(history, stream, { type: 'time', time }));
    assert.deepEqual(textsOf(bench, topic, instance, reading), expected, 'starts at the first record not older');
  }
  const oldest = await locate(history, stream, { type: 'time', time: 0 });
  assert.deepEqual(
    (await readOn(history, stream, oldest)).records.map(plain),
    (await readOn(history, stream, await earliest(history, stream))).records.map(plain),
    'a time before all records is the earliest place',
  );
  const newest = await locate(history, stream, { type: 'time', time: FAR_FUTURE });
  samePlace(newest, await latest(history, stream), 'a time after all records is the latest place');
}

export const locateRules: readonly Rule[] = [
  { name: 'an instance that holds nothing yet has a place for every start', unfit: cannotKeep, run: emptyLog },
  {
    name: 'earliest stands before every record and latest behind every record',
    unfit: cannotKeep,
    run: earliestAndLatest,
  },
  { name: 'a time is the place of the first record that is not older', unfit: cannotKeep, run: byTime },
];
