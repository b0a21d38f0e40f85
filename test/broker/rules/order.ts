import assert from 'node:assert/strict';
import type { PublishOutcome } from '../../../src/broker/outcome.ts';
import type { Broker } from '../../../src/broker/port.ts';
import type { Position } from '../../../src/broker/record.ts';
import type { TopicInstance } from '../../../src/routing/topic.ts';
import { acknowledged, type Bench, within } from '../bench.ts';
import { text } from '../collector.ts';
import type { Rule } from '../rule.ts';

/** Does `later` stand behind `earlier` in the same log? Kafka: in the same partition. */
export function follows(later: Position, earlier: Position): boolean {
  if (later.type === 'kafka' && earlier.type === 'kafka') {
    return later.partition === earlier.partition && later.offset > earlier.offset;
  }
  if (later.type === 'redis-stream' && earlier.type === 'redis-stream') {
    const [laterMs = '', laterN = ''] = later.id.split('-');
    const [earlierMs = '', earlierN = ''] = earlier.id.split('-');
    return BigInt(laterMs) > BigInt(earlierMs) || (laterMs === earlierMs && BigInt(laterN) > BigInt(earlierN));
  }
  if (later.type === 'log' && earlier.type === 'log') {
    return later.epoch === earlier.epoch && later.sequence > earlier.sequence;
  }
  return false;
}

/** The address of a record without what a receipt may not know yet (epoch, ordinal, leader epoch). */
function address(position: Position): string {
  switch (position.type) {
    case 'kafka':
      return `${position.partition}:${position.offset}`;
    case 'redis-stream':
      return position.id;
    case 'log':
      return `${position.epoch}:${position.sequence}`;
    default:
      return position satisfies never;
  }
}

async function publishesInCallOrder(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const instances = ['a', 'b', 'c', 'd'].map((word) => bench.instance(`order-${word}`));
  const tails = await Promise.all(instances.map((instance) => bench.attached(broker, topic, instance)));
  const outcomes: Promise<PublishOutcome>[] = [];
  const expected = Array.from({ length: 250 }, (_, n) => JSON.stringify({ n }));
  for (const value of expected) {
    for (const instance of instances) outcomes.push(bench.publish(broker, topic, instance, value));
  }
  for (const outcome of await Promise.all(outcomes)) acknowledged(outcome);
  for (const [n, instance] of instances.entries()) {
    const collector = tails[n];
    assert.ok(collector);
    assert.deepEqual(await bench.settled(broker, topic, instance, collector), expected, `the tail of ${instance}`);
    if (bench.server.readBack.can) {
      assert.deepEqual(await bench.stored(topic, instance), expected, `the log of ${instance}`);
    }
  }
}

async function tenThousandEvents(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const instances = Array.from({ length: 8 }, (_, n) => bench.instance(`many-${n}`));
  const tails = await Promise.all(instances.map((instance) => bench.attached(broker, topic, instance)));
  const perInstance = 1_250;
  const window = 125;
  for (let start = 0; start < perInstance; start += window) {
    const outcomes: Promise<PublishOutcome>[] = [];
    for (let n = start; n < start + window; n++) {
      for (const instance of instances) {
        outcomes.push(bench.publish(broker, topic, instance, JSON.stringify({ n, instance })));
      }
    }
    for (const outcome of await Promise.all(outcomes)) acknowledged(outcome);
  }
  for (const [n, instance] of instances.entries()) {
    const expected = Array.from({ length: perInstance }, (_, n) => JSON.stringify({ n, instance }));
    const collector = tails[n];
    assert.ok(collector);
    assert.deepEqual(await bench.settled(broker, topic, instance, collector), expected, `the tail of ${instance}`);
    if (bench.server.readBack.can) {
      assert.deepEqual(await bench.stored(topic, instance), expected, `the log of ${instance}`);
    }
  }
}

async function twoPublishersOneInstance(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const [one, two] = [await bench.open(), await bench.open()];
  const instance = bench.instance('two-publishers');
  const [atOne, atTwo] = [await bench.attached(one, topic, instance), await bench.attached(two, topic, instance)];
  const outcomes: Promise<PublishOutcome>[] = [];
  for (let n = 0; n < 100; n++) {
    outcomes.push(bench.publish(one, topic, instance, JSON.stringify({ by: 'one', n })));
    outcomes.push(bench.publish(two, topic, instance, JSON.stringify({ by: 'two', n })));
  }
  for (const outcome of await Promise.all(outcomes)) acknowledged(outcome);
  const seenAtOne = await bench.settled(one, topic, instance, atOne);
  const seenAtTwo = await bench.settled(two, topic, instance, atTwo);
  assert.deepEqual(seenAtTwo, seenAtOne, 'two gateways see one order');
  for (const by of ['one', 'two']) {
    const expected = Array.from({ length: 100 }, (_, n) => JSON.stringify({ by, n }));
    assert.deepEqual(
      seenAtOne.filter((value) => value.includes(by)),
      expected,
    );
  }
}

async function positionsIncrease(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const instance = bench.instance('positions');
  const collector = await bench.attached(broker, topic, instance);
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, (_, n) => bench.publish(broker, topic, instance, JSON.stringify({ n }))),
  );
  const receipts = outcomes.map(acknowledged);
  await bench.settled(broker, topic, instance, collector);
  const records = bench.recordsOf(topic, instance, collector).filter((record) => !text(record).includes('marker'));
  assert.equal(records.length, 200);
  for (const [n, record] of records.entries()) {
    const receipt = receipts[n];
    assert.ok(receipt);
    assert.ok(record.timestamp > 1_500_000_000_000, 'a timestamp is in milliseconds since the epoch');
    assert.ok(receipt.publishedAt > 1_500_000_000_000, 'publishedAt is in milliseconds since the epoch');
    if (!bench.replayable) {
      assert.equal(record.position, undefined);
      assert.equal(receipt.position, undefined);
      continue;
    }
    assert.ok(record.position && receipt.position);
    assert.equal(address(record.position), address(receipt.position), 'the receipt names the record');
    const before = records[n - 1]?.position;
    if (before !== undefined) assert.ok(follows(record.position, before), `${n} stands behind ${n - 1}`);
  }
}

async function pendingAnswered(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const instance = bench.instance('close-amid');
  const stored = await watcher(bench, broker, instance);
  const calls = Array.from({ length: 400 }, (_, n) => bench.publish(broker, topic, instance, JSON.stringify({ n })));
  const closing = broker.close();
  const outcomes = await within(
    Promise.all(calls),
    bench.adapter.publishDeadlineMs * 3,
    'every publish to be answered',
  );
  await within(closing, bench.adapter.publishDeadlineMs * 3, 'close');
  const log = await stored();
  for (const [n, outcome] of outcomes.entries()) {
    const copies = log.filter((value) => value === JSON.stringify({ n })).length;
    if (outcome.type === 'acknowledged') assert.equal(copies, 1, `J1: ${n} was acknowledged`);
    else if (outcome.type === 'indeterminate') assert.ok(copies <= 1, `J3: ${n} is indeterminate`);
    else assert.equal(copies, 0, `J2: ${n} was ${outcome.type}: ${outcome.reason}`);
  }
}

/** What became of an instance: the log where it can be read, else what a second gateway hears, else what this one heard. */
async function watcher(bench: Bench, broker: Broker, instance: TopicInstance): Promise<() => Promise<string[]>> {
  const topic = bench.topics.parameter;
  if (bench.server.readBack.can) return () => bench.stored(topic, instance);
  if (broker.capabilities.embedded) {
    const collector = await bench.attached(broker, topic, instance);
    return async () => collector.texts();
  }
  const second = await bench.open();
  const collector = await bench.attached(second, topic, instance);
  return () => bench.settled(second, topic, instance, collector);
}

const oneProcess = (bench: Bench): string | undefined =>
  bench.create().capabilities.embedded ? 'an embedded broker serves one gateway' : undefined;

export const orderRules: readonly Rule[] = [
  { name: 'J4: publishes of one instance called without waiting are stored in call order', run: publishesInCallOrder },
  { name: 'J1, J4: of 10,000 events over 8 instances none is lost and none is doubled', run: tenThousandEvents },
  {
    name: 'J4: two gateways that publish into one instance both see one order, in which each keeps its own',
    unfit: oneProcess,
    run: twoPublishersOneInstance,
  },
  { name: 'positions strictly increase, and a receipt names the record that it acknowledges', run: positionsIncrease },
  { name: 'J1, J2, J3: close() in the midst of publishes answers each of them truthfully', run: pendingAnswered },
];
