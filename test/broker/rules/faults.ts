import assert from 'node:assert/strict';
import type { Broker, BrokerStatus } from '../../../src/broker/port.ts';
import type { Topic, TopicInstance } from '../../../src/routing/topic.ts';
import { eventually } from '../../support/eventually.ts';
import type { Restartable } from '../adapter-under-test.ts';
import { type Bench, within } from '../bench.ts';
import type { Collector } from '../collector.ts';
import { answersAreTrue, seenInOrder } from '../join.ts';
import type { Rule } from '../rule.ts';
import { Writer } from '../writer.ts';

/**
 * Publishes probes until the tail hears one: it went on by itself. Returns the collector that hears,
 * a new one where the log was made anew under the old one, which then has ended.
 */
export async function heardAgain(
  bench: Bench,
  broker: Broker,
  topic: Topic,
  instance: TopicInstance,
  before: Collector,
): Promise<Collector> {
  const probes = new Set<string>();
  return await eventually(
    async () => {
      const collector = before.ends.length > 0 ? await bench.attached(broker, topic, instance) : before;
      const probe = `{"marker":"${bench.unused('probe')}"}`;
      probes.add(probe);
      await bench.publish(broker, topic, instance, probe);
      await eventually(() => collector.texts().some((value) => probes.has(value)), { deadlineMs: 500 });
      return collector;
    },
    { deadlineMs: 90_000, what: `the tail of ${instance} to go on by itself` },
  );
}

function restartOf(bench: Bench): Restartable {
  const { restart } = bench.server;
  if (!restart.can) throw new Error(restart.why);
  return restart;
}

/** Stops the server around a piece of work, and surely starts it again. */
async function whileAway(restart: Restartable, work: () => Promise<void>): Promise<void> {
  await restart.stop();
  try {
    await work();
  } finally {
    await restart.start();
  }
}

async function publishThroughRestart(bench: Bench): Promise<void> {
  const restart = restartOf(bench);
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const statuses: BrokerStatus['type'][] = [];
  broker.onStatus(({ type }) => statuses.push(type));
  const [instance, quiet] = [bench.instance('restart'), bench.instance('restart-quiet')];
  const collector = await bench.attached(broker, topic, instance);
  const quietCollector = await bench.attached(broker, topic, quiet);
  const writer = new Writer(bench, broker, topic, instance);
  await writer.acknowledgedMore(20);
  await whileAway(restart, async () => {
    await writer.refused();
    await eventually(() => broker.status().type === 'down', { what: 'J7: status down' });
  });
  await eventually(() => broker.status().type === 'up', { deadlineMs: 60_000, what: 'J7: status up again' });
  await writer.acknowledgedMore(20);
  const published = await writer.stop();
  const after = await heardAgain(bench, broker, topic, instance, collector);
  const quietAfter = await heardAgain(bench, broker, topic, quiet, quietCollector);
  const seen = await bench.settled(broker, topic, instance, after);

  for (const ended of [collector, quietCollector]) {
    assert.ok(ended.ends.length === 0 || !restart.keepsAcknowledged, `the tail ended: ${ended.ends.join()}`);
    assert.deepEqual(ended.afterClose, []);
  }
  if (bench.replayable) {
    assert.deepEqual([collector.gaps, quietAfter.gaps], [[], []], 'a replayable topic has no gap');
  } else {
    for (const { gaps } of [collector, quietCollector]) {
      assert.equal(gaps.length, 1, 'the loss is reported once');
      assert.equal(gaps[0]?.reason, 'link_lost');
      assert.ok((gaps[0]?.since ?? Number.POSITIVE_INFINITY) <= Date.now());
    }
    seenInOrder(published, seen);
  }
  if (bench.server.readBack.can) {
    const stored = await bench.stored(topic, instance);
    answersAreTrue(published, stored, restart.keepsAcknowledged);
    if (restart.keepsAcknowledged) assert.deepEqual(seen, stored, 'J4: the tail saw the log, whole and in order');
    else assert.deepEqual(seen.slice(-stored.length), stored, 'J4: the tail saw what is in the new log');
  }
  assert.ok(statuses.includes('down') && statuses.at(-1) === 'up', statuses.join());
}

async function awayAtOpen(bench: Bench): Promise<void> {
  const restart = restartOf(bench);
  const topic = bench.topics.parameter;
  const broker = bench.create();
  const instance = bench.instance('away');
  const collector = bench.tail(broker, broker.stream(topic, instance));
  const value = '{"while":"away"}';
  await whileAway(restart, async () => {
    const report = await within(broker.open(), 60_000, 'open() with the server away');
    assert.deepEqual(report, { contacted: false, problems: [] });
    assert.notEqual(broker.status().type, 'up');
    const outcome = await within(
      bench.publish(broker, topic, instance, value),
      bench.adapter.publishDeadlineMs * 2 + 5_000,
      'the answer of a publish with the server away',
    );
    assert.equal(outcome.type, 'unavailable', 'no byte was written (P95)');
  });
  await eventually(() => broker.status().type === 'up', { deadlineMs: 60_000, what: 'F20: status up by itself' });
  await within(collector.tail.attached, 60_000, 'the tail made while the server was away');
  await bench.publishEventually(broker, topic, instance, 'back');
  const seen = await bench.settled(broker, topic, instance, collector);
  assert.ok(!seen.includes(value), 'J2: nothing queued beyond the answer');
  assert.ok(seen.some((text) => text.startsWith('{"back"')));
  assert.deepEqual([collector.gaps, collector.ends], [[], []], 'a tail that was never attached lost nothing');
}

async function closesWhileAway(bench: Bench): Promise<void> {
  const restart = restartOf(bench);
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const instance = bench.instance('close-away');
  const collector = await bench.attached(broker, topic, instance);
  await whileAway(restart, async () => {
    const call = bench.publish(broker, topic, instance, '{"close":"away"}');
    collector.closing();
    await within(broker.close(500), 30_000, 'close(500) with the server away');
    const { type } = await within(call, 30_000, 'the publish before the close');
    assert.ok(type === 'unavailable' || type === 'indeterminate', type);
    assert.equal(broker.tailCount(), 0);
    assert.deepEqual(collector.afterClose, []);
  });
}

const cannotRestart = ({ server }: Bench): string | undefined => (server.restart.can ? undefined : server.restart.why);

export const faultRules: readonly Rule[] = [
  {
    name: 'F1, F9, J1 to J5, J7: publishes through a kill and restart are answered truthfully and tails go on by themselves',
    unfit: cannotRestart,
    run: publishThroughRestart,
  },
  {
    name: 'F20: open() with the server away resolves, publish is unavailable, and all recovers by itself',
    unfit: cannotRestart,
    run: awayAtOpen,
  },
  {
    name: 'close() with the server away settles and answers what is pending',
    unfit: cannotRestart,
    run: closesWhileAway,
  },
];
