import assert from 'node:assert/strict';
import type { Broker } from '../../../src/broker/port.ts';
import type { TopicInstance } from '../../../src/routing/topic.ts';
import { eventually } from '../../support/eventually.ts';
import type { Proxied } from '../adapter-under-test.ts';
import { type Bench, within } from '../bench.ts';
import { answersAreTrue, type Published, seenInOrder } from '../join.ts';
import type { Rule } from '../rule.ts';
import { Writer } from '../writer.ts';
import { heardAgain } from './faults.ts';

function proxyOf(bench: Bench): Proxied {
  const { proxy } = bench.server;
  if (!proxy.can) throw new Error(proxy.why);
  return proxy;
}

async function openThroughProxy(bench: Bench): Promise<Broker> {
  return await bench.open(bench.keep(proxyOf(bench).create()));
}

/** What became of an instance, seen past the proxy: the log where it can be read, else what a direct gateway hears. */
async function past(bench: Bench, instance: TopicInstance): Promise<() => Promise<string[]>> {
  const topic = bench.topics.parameter;
  if (bench.server.readBack.can) return () => bench.stored(topic, instance);
  const direct = await bench.open();
  const collector = await bench.attached(direct, topic, instance);
  return () => bench.settled(direct, topic, instance, collector);
}

async function eatenAcknowledgement(bench: Bench): Promise<void> {
  const proxy = proxyOf(bench);
  const topic = bench.topics.parameter;
  const broker = await openThroughProxy(bench);
  for (let round = 0; round < 3; round++) {
    const instance = bench.instance('eaten');
    const log = await past(bench, instance);
    await bench.publishEventually(broker, topic, instance, 'marker');
    const { happened } = await proxy.eatAcknowledgement();
    const call = bench.publish(broker, topic, instance, '{"n":"eaten"}');
    await within(happened, 30_000, 'the proxy to eat an acknowledgement');
    const deadline = bench.adapter.publishDeadlineMs * 2 + 5_000;
    const outcome = await within(call, deadline, 'the publish whose acknowledgement was eaten');
    assert.ok(outcome.type === 'indeterminate' || outcome.type === 'acknowledged', outcome.type);
    const next = await bench.publishEventually(broker, topic, instance, 'next');
    const stored = await log();
    answersAreTrue(new Map([['{"n":"eaten"}', outcome]]), stored);
    assert.ok(stored.includes(next));
  }
}

async function eatenAmongOthers(bench: Bench): Promise<void> {
  const proxy = proxyOf(bench);
  const topic = bench.topics.parameter;
  const broker = await openThroughProxy(bench);
  const instance = bench.instance('eaten-among');
  const log = await past(bench, instance);
  await bench.publishEventually(broker, topic, instance, 'marker');
  const { happened } = await proxy.eatAcknowledgement();
  const values = Array.from({ length: 30 }, (_, n) => JSON.stringify({ n }));
  const calls = values.map(async (value) => [value, await bench.publish(broker, topic, instance, value)] as const);
  await within(happened, 30_000, 'the proxy to eat an acknowledgement');
  const deadline = bench.adapter.publishDeadlineMs * 2 + 5_000;
  const published: Published = new Map(await within(Promise.all(calls), deadline, 'every publish to be answered'));
  await bench.publishEventually(broker, topic, instance, 'next');
  const stored = (await log()).filter((value) => !value.startsWith('{"next"'));
  answersAreTrue(published, stored);
  seenInOrder(published, stored);
}

async function cutLinks(bench: Bench): Promise<void> {
  const proxy = proxyOf(bench);
  const topic = bench.topics.parameter;
  const broker = await openThroughProxy(bench);
  const instance = bench.instance('cut');
  const log = await past(bench, instance);
  const collector = await bench.attached(broker, topic, instance);
  const writer = new Writer(bench, broker, topic, instance);
  await writer.acknowledgedMore(20);
  await proxy.cut();
  await writer.acknowledgedMore(20);
  const published = await writer.stop();
  await heardAgain(bench, broker, topic, instance, collector);
  const seen = await bench.settled(broker, topic, instance, collector);
  const stored = await log();
  answersAreTrue(published, stored);
  assert.deepEqual(collector.ends, []);
  if (bench.replayable) {
    assert.deepEqual(seen, stored, 'J4: the tail saw the log, whole and in order');
    assert.deepEqual(collector.gaps, []);
  } else {
    seenInOrder(published, seen);
    assert.equal(collector.gaps.length, 1, 'the loss is reported once');
  }
}

async function stalledLinks(bench: Bench): Promise<void> {
  const proxy = proxyOf(bench);
  const topic = bench.topics.parameter;
  const broker = await openThroughProxy(bench);
  const instance = bench.instance('stall');
  const log = await past(bench, instance);
  const collector = await bench.attached(broker, topic, instance);
  const writer = new Writer(bench, broker, topic, instance);
  await writer.acknowledgedMore(20);
  const release = await proxy.stall();
  try {
    await writer.refused();
    await eventually(() => broker.status().type === 'down', { deadlineMs: 60_000, what: 'J7: a silent link is down' });
  } finally {
    await release();
  }
  await eventually(() => broker.status().type === 'up', { deadlineMs: 60_000, what: 'J7: status up again' });
  await writer.acknowledgedMore(20);
  const published = await writer.stop();
  await heardAgain(bench, broker, topic, instance, collector);
  const seen = await bench.settled(broker, topic, instance, collector);
  const stored = await log();
  answersAreTrue(published, stored);
  assert.deepEqual(collector.ends, []);
  if (bench.replayable) {
    assert.deepEqual(seen, stored, 'J4: the tail saw the log, whole and in order');
    assert.deepEqual(collector.gaps, []);
  } else {
    seenInOrder(published, seen);
    assert.equal(collector.gaps.length, 1, 'the loss is reported once');
  }
}

const noProxy = ({ server }: Bench): string | undefined => (server.proxy.can ? undefined : server.proxy.why);

export const proxyRules: readonly Rule[] = [
  {
    name: 'F13, F36: an eaten acknowledgement is indeterminate (or true), and the record is never doubled',
    unfit: noProxy,
    run: eatenAcknowledgement,
  },
  {
    name: 'F13, F36: an acknowledgement eaten among publishes in flight neither doubles nor swaps any',
    unfit: noProxy,
    run: eatenAmongOthers,
  },
  { name: 'F8, J1 to J5: a cut of all links under load loses nothing in silence', unfit: noProxy, run: cutLinks },
  {
    name: 'F3, J7: links that stall are found out, publishes are answered and tails go on',
    unfit: noProxy,
    run: stalledLinks,
  },
];
