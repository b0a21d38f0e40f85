import assert from 'node:assert/strict';
import type { Broker } from '../../../../src/broker/port.ts';
import type { BrokerRecord } from '../../../../src/broker/record.ts';
import type { Stream } from '../../../../src/broker/stream.ts';
import { positionAfter } from '../../../../src/fanout/position-after.ts';
import { comparePositions, type PartitionPosition, type StreamPosition } from '../../../../src/routing/position.ts';
import type { Topic, TopicInstance } from '../../../../src/routing/topic.ts';
import { acknowledged, type Bench } from '../../bench.ts';
import type { Collector } from '../../collector.ts';
import type { Rule } from '../../rule.ts';
import {
  cannotKeep,
  earliest,
  historyOf,
  indexOf,
  latest,
  plain,
  publishSome,
  readOn,
  samePlace,
  textsOf,
} from './reading.ts';

async function keepsNothing(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  assert.equal(broker.history, undefined);
  const instance = bench.instance('no-position');
  const collector = await bench.attached(broker, topic, instance);
  await bench.publishSurely(broker, topic, instance, '{"n":1}');
  await bench.settled(broker, topic, instance, collector);
  assert.deepEqual(collector.positions, []);
}

async function toldOnce(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  for (let round = 0; round < 5; round++) {
    const instance = bench.instance('told');
    const collector = await bench.attached(broker, topic, instance);
    assert.equal(collector.positions.length, 1, 'told once, before `attached` settles');
    await bench.publishSurely(broker, topic, instance, '{"n":1}');
    await bench.settled(broker, topic, instance, collector);
    assert.equal(collector.positions.length, 1);
    assert.equal(collector.recordsBeforePosition, 0, 'no record comes before the position');
    chain(broker.stream(topic, instance), collector);
    collector.close();
  }
}

/** Where the tail began, then each record and each hole behind it, in one log; returns where the tail stands. */
function chain(stream: Stream, collector: Collector): StreamPosition {
  const start = startOf(collector);
  const reached: PartitionPosition[] = [...start.partitions];
  function reach(index: number, position: PartitionPosition): void {
    const before = reached[index];
    assert.ok(before && comparePositions(position, before) > 0, 'each place stands behind the one before');
    reached[index] = position;
  }
  function advancesAfter(count: number): void {
    for (const { partition, position, records } of collector.advances)
      if (records === count) reach(partition, position);
  }
  advancesAfter(0);
  for (const [n, record] of collector.records.entries()) {
    const { position } = record;
    if (position?.type === 'log' || position?.type === 'redis-stream') assert.equal(position.epoch, start.log);
    reach(indexOf(stream, record), positionAfter(record));
    advancesAfter(n + 1);
  }
  return { log: start.log, partitions: reached };
}

function startOf(collector: Collector): StreamPosition {
  const [start] = collector.positions;
  assert.ok(start, 'the tail told where it begins');
  return start;
}

/** Publishes without a pause until it is stopped. */
function publishing(bench: Bench, broker: Broker, topic: Topic, instance: TopicInstance): () => Promise<void> {
  let stopped = false;
  async function run(): Promise<void> {
    for (let n = 0; !stopped; n += 10) {
      const calls = Array.from({ length: 10 }, (_, i) => bench.publish(broker, topic, instance, `{"n":${n + i}}`));
      for (const outcome of await Promise.all(calls)) acknowledged(outcome);
    }
  }
  const running = run();
  // A failure is told by `stop`, not by a crash before it.
  running.catch(() => {});
  return async () => {
    stopped = true;
    await running;
  };
}

async function handsOver(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const history = historyOf(broker);
  const instance = bench.instance('hand-over');
  const stream = broker.stream(topic, instance);
  const stop = publishing(bench, broker, topic, instance);
  const collectors: Collector[] = [];
  try {
    for (let round = 0; round < 6; round++) {
      const collector = await bench.attached(broker, topic, instance);
      await bench.soon('records in the tail', () => collector.records.length >= 30);
      collector.close();
      collectors.push(collector);
    }
  } finally {
    await stop();
  }
  for (const collector of collectors) {
    chain(stream, collector);
    const { records } = await readOn(history, stream, startOf(collector), { maxRecords: 50, maxBytes: 100_000 });
    for (const [partition] of startOf(collector).partitions.entries()) {
      const inPartition = (record: BrokerRecord): boolean => indexOf(stream, record) === partition;
      const seen = collector.records.filter(inPartition).map(plain);
      const stored = records.filter(inPartition).map(plain);
      assert.deepEqual(seen, stored.slice(0, seen.length), `history from where the tail began, partition ${partition}`);
    }
  }
}

async function endMeetsTail(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const history = historyOf(broker);
  const [busy, quiet] = [bench.instance('meets'), bench.instance('meets-quiet')];
  const [atBusy, atQuiet] = [broker.stream(topic, busy), broker.stream(topic, quiet)];
  for (let n = 0; n < 5; n++) await bench.publishSurely(broker, topic, quiet, `{"quiet":${n}}`);
  for (let n = 0; n < 5; n++) await bench.publishSurely(broker, topic, busy, `{"before":${n}}`);
  const quietTail = await bench.attached(broker, topic, quiet);
  const busyTail = await bench.attached(broker, topic, busy);
  for (let n = 0; n < 5; n++) await bench.publishSurely(broker, topic, busy, `{"after":${n}}`);
  await bench.settled(broker, topic, busy, busyTail);
  for (const [collector, stream] of [
    [busyTail, atBusy],
    [quietTail, atQuiet],
  ] as const) {
    const start = await earliest(history, stream);
    const { end, records } = await readOn(history, stream, start);
    samePlace(end, chain(stream, collector), 'reading from earliest to the end');
    samePlace(await latest(history, stream), chain(stream, collector), 'the latest place');
    const resumed = await history.resume(stream, end);
    assert.ok(resumed.type === 'valid', `resume: ${resumed.type}`);
    samePlace(resumed.position, chain(stream, collector), 'a resumed place at the end');
    for (const record of records.slice(-5)) {
      const partitions = [...end.partitions];
      partitions[indexOf(stream, record)] = positionAfter(record);
      const reading = await readOn(history, stream, { log: end.log, partitions });
      samePlace(reading.end, chain(stream, collector), 'reading from a record to the end');
    }
  }
}

/** A stream of one partition is placed by that partition's number, whatever the others hold. */
async function keyPlacement(bench: Bench): Promise<void> {
  const { keyPlacement: placed } = bench.topics;
  if (!placed.can) throw new Error(placed.why);
  const { topic } = placed;
  const broker = await bench.open();
  const history = historyOf(broker);
  for (let round = 0; round < 6; round++) {
    const instance = bench.instance('placed', topic);
    const stream = broker.stream(topic, instance);
    const collector = await bench.attached(broker, topic, instance);
    const begun = collector.records.length;
    const before = await latest(history, stream);
    const values = await publishSome(bench, broker, topic, instance, 5);
    await bench.settled(broker, topic, instance, collector);
    chain(stream, collector);
    const resumed = await history.resume(stream, before);
    assert.ok(resumed.type === 'valid', `resume: ${resumed.type}`);
    for (const from of [startOf(collector), resumed.position, await earliest(history, stream)]) {
      assert.deepEqual(textsOf(bench, topic, instance, await readOn(history, stream, from)), values);
    }
    const { records, end } = await readOn(history, stream, resumed.position);
    assert.deepEqual(records.map(plain), collector.records.slice(begun).map(plain));
    samePlace(end, chain(stream, collector), 'reading to the end');
  }
}

async function undisturbed(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const history = historyOf(broker);
  const instance = bench.instance('undisturbed');
  const stream = broker.stream(topic, instance);
  const collector = await bench.attached(broker, topic, instance);
  const start = startOf(collector);
  let writing = true;
  const readers = Array.from({ length: 3 }, async () => {
    let read = 0;
    while (writing)
      read += (await readOn(history, stream, start, { maxRecords: 100, maxBytes: 50_000 })).records.length;
    return read;
  });
  const expected = Array.from({ length: 1_000 }, (_, n) => `{"n":${n}}`);
  try {
    for (let n = 0; n < expected.length; n += 50) {
      const calls = expected.slice(n, n + 50).map((value) => bench.publish(broker, topic, instance, value));
      for (const outcome of await Promise.all(calls)) acknowledged(outcome);
    }
  } finally {
    writing = false;
  }
  for (const read of await Promise.all(readers)) assert.ok(read > 0, 'readers read meanwhile');
  assert.deepEqual(await bench.settled(broker, topic, instance, collector), expected);
  assert.deepEqual([collector.ends, collector.gaps], [[], []]);
}

export const handOverRules: readonly Rule[] = [
  {
    name: 'EPHEMERAL: a tail has no position, and there is no history',
    unfit: (bench) => (bench.replayable ? 'the delivery is replayable' : undefined),
    run: keepsNothing,
  },
  {
    name: 'a tail tells where it begins once, before its first record and before `attached` settles',
    unfit: cannotKeep,
    run: toldOnce,
  },
  {
    name: 'hand-over: history read from where a tail began is exactly what the tail saw, while events are published',
    unfit: cannotKeep,
    run: handsOver,
  },
  {
    name: 'hand-over: reading to the end arrives exactly where an idle tail stands, also in a quiet instance',
    unfit: cannotKeep,
    run: endMeetsTail,
  },
  {
    name: 'placement KEY: the history of an instance and its tail are of one partition',
    unfit: (bench) => (bench.topics.keyPlacement.can ? cannotKeep(bench) : bench.topics.keyPlacement.why),
    run: keyPlacement,
  },
  { name: 'J4: history reads beside a tail do not disturb its order', unfit: cannotKeep, run: undisturbed },
];
