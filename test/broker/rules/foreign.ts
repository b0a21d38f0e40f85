import assert from 'node:assert/strict';
import type { Bench } from '../bench.ts';
import type { Rule } from '../rule.ts';
import { keyOf } from '../topics.ts';

async function plainValues(bench: Bench): Promise<void> {
  const { foreign } = bench.server;
  if (!foreign.can) throw new Error(foreign.why);
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const instance = bench.instance('foreign');
  const key = keyOf(topic, instance);
  const collector = await bench.attached(broker, topic, instance);
  await foreign.publish(topic, instance, key, Buffer.from('{"from":"elsewhere 🌋"}'));
  await collector.sees('{"from":"elsewhere 🌋"}');
  await bench.publishSurely(broker, topic, instance, '{"from":"sluice"}');
  assert.deepEqual(await bench.settled(broker, topic, instance, collector), [
    '{"from":"elsewhere 🌋"}',
    '{"from":"sluice"}',
  ]);
  const [record] = bench.recordsOf(topic, instance, collector);
  assert.ok(record);
  assert.ok(record.instance === instance || record.key?.toString() === key, 'address or key names the instance');
  assert.equal(record.position === undefined, !bench.replayable);
}

/** F18: what is not even text arrives as it is, and the tail goes on. */
async function poison(bench: Bench): Promise<void> {
  const { foreign } = bench.server;
  if (!foreign.can) throw new Error(foreign.why);
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const instance = bench.instance('poison');
  const key = keyOf(topic, instance);
  const collector = await bench.attached(broker, topic, instance);
  const bad = [Buffer.from([0xff, 0xfe, 0x00, 0x80]), Buffer.alloc(0), Buffer.from('{"cut":')];
  for (const value of bad) await foreign.publish(topic, instance, key, value);
  await bench.settled(broker, topic, instance, collector);
  const bytes = bench.recordsOf(topic, instance, collector).map(({ value }) => value?.toString('hex'));
  assert.deepEqual(
    bytes.slice(0, bad.length),
    bad.map((value) => value.toString('hex')),
  );
  assert.equal(broker.status().type, 'up');
}

async function wildcardHearsForeign(bench: Bench): Promise<void> {
  const { foreign } = bench.server;
  const { wildcard } = bench.topics;
  if (!foreign.can || !wildcard.can) throw new Error('unfit');
  const broker = await bench.open();
  const instance = bench.instance('foreign', wildcard.topic);
  const collector = await bench.attached(broker, wildcard.topic, undefined);
  await foreign.publish(wildcard.topic, instance, keyOf(wildcard.topic, instance), Buffer.from('{"foreign":1}'));
  await collector.sees('{"foreign":1}');
  assert.deepEqual(await bench.settled(broker, wildcard.topic, instance, collector), ['{"foreign":1}']);
}

const noForeign = ({ server }: Bench): string | undefined => (server.foreign.can ? undefined : server.foreign.why);

export const foreignRules: readonly Rule[] = [
  {
    name: 'a plain value written past Sluice arrives, with its instance or key',
    unfit: noForeign,
    run: plainValues,
  },
  { name: 'F18: a value that is no JSON arrives as it is and the tail goes on', unfit: noForeign, run: poison },
  {
    name: 'a wildcard tail hears foreign writers',
    unfit: (bench) => (bench.topics.wildcard.can ? noForeign(bench) : bench.topics.wildcard.why),
    run: wildcardHearsForeign,
  },
];
