import assert from 'node:assert/strict';
import type { TopicInstance } from '../../../src/routing/topic.ts';
import { type Bench, within } from '../bench.ts';
import { type Collector, text } from '../collector.ts';
import type { Rule } from '../rule.ts';
import { instanceOf, keyOf } from '../topics.ts';

async function nothingLostAfterAttached(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  for (let round = 0; round < 25; round++) {
    const instance = bench.instance('attach');
    const collector = await bench.attached(broker, topic, instance);
    await bench.publishSurely(broker, topic, instance, `{"round":${round}}`);
    await collector.sees(`{"round":${round}}`);
    collector.close();
    assert.deepEqual(collector.afterClose, []);
  }
}

async function lateSeesLater(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const instance = bench.instance('late');
  const early = await bench.attached(broker, topic, instance);
  for (let n = 0; n < 5; n++) await bench.publishSurely(broker, topic, instance, `{"early":${n}}`);
  await early.sees('{"early":4}');
  early.close();
  const late = await bench.attached(broker, topic, instance);
  for (let n = 0; n < 5; n++) await bench.publishSurely(broker, topic, instance, `{"late":${n}}`);
  const seen = await bench.settled(broker, topic, instance, late);
  assert.deepEqual(
    seen,
    Array.from({ length: 5 }, (_, n) => `{"late":${n}}`),
  );
  assert.deepEqual(early.afterClose, []);
}

async function churn(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const { subscriptions } = bench.server;
  const before = subscriptions.can ? await subscriptions.count() : 0;
  const instances = Array.from({ length: 1_000 }, () => bench.instance('churn'));
  // A stream that several instances share has one tail, as the hub keeps it.
  const streams = new Map(instances.map((instance) => [broker.stream(topic, instance).id, instance]));
  const collectors = [...streams.values()].map((instance, n) => {
    const collector = bench.tail(broker, broker.stream(topic, instance));
    // Every third is closed before the broker could confirm it.
    if (n % 3 === 2) collector.close();
    return collector;
  });
  await within(
    Promise.all(collectors.map(({ tail }) => tail.attached)),
    60_000,
    '`attached` of 1,000 tails, those closed first included',
  );
  assert.ok(broker.tailCount() > 0);
  const [first] = instances;
  assert.ok(first);
  await bench.publishSurely(broker, topic, first, '{"churn":1}');
  for (const collector of collectors) collector.close();
  await bench.soon('tailCount() back to 0', () => broker.tailCount() === 0);
  if (subscriptions.can) {
    await bench.soon(
      `the server's subscriptions back to ${before}`,
      async () => (await subscriptions.count()) <= before,
    );
  }
  assert.deepEqual(
    collectors.flatMap(({ afterClose }) => afterClose),
    [],
  );
}

async function reopens(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const instance = bench.instance('reopen');
  let collector = bench.tail(broker, broker.stream(topic, instance));
  for (let round = 0; round < 50; round++) {
    // In one turn: an unsubscribe on its way must not take the new subscription with it.
    collector.close();
    const next = bench.tail(broker, broker.stream(topic, instance));
    await within(next.tail.attached, bench.patienceMs, `the tail of round ${round}`);
    await bench.publishSurely(broker, topic, instance, `{"reopened":${round}}`);
    await next.sees(`{"reopened":${round}}`);
    assert.deepEqual(collector.afterClose, []);
    collector = next;
  }
}

async function silentAfterClose(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const instance = bench.instance('silent');
  const collector = await bench.attached(broker, topic, instance);
  const own = (): number => bench.recordsOf(topic, instance, collector).length;
  collector.onRecord = () => {
    if (own() === 3) collector.close();
  };
  await Promise.all(
    Array.from({ length: 20 }, (_, n) => bench.publishSurely(broker, topic, instance, JSON.stringify({ n }))),
  );
  await bench.soon('three records before the close', () => own() >= 3);
  const control = await bench.attached(broker, topic, instance);
  await bench.settled(broker, topic, instance, control);
  assert.equal(own(), 3);
  assert.deepEqual(collector.afterClose, []);
  control.close();
  control.close();
  const last = await bench.attached(broker, topic, instance);
  await bench.settled(broker, topic, instance, last);
  assert.deepEqual([...collector.afterClose, ...control.afterClose], []);
}

async function tailsAreIndependent(bench: Bench): Promise<void> {
  const broker = await bench.open();
  const { parameter, plain } = bench.topics;
  const [one, two] = [bench.instance('independent'), instanceOf(plain)];
  const [atOne, atTwo] = [await bench.attached(broker, parameter, one), await bench.attached(broker, plain, two)];
  await bench.publishSurely(broker, parameter, one, '{"to":"one"}');
  await bench.publishSurely(broker, plain, two, '{"to":"two"}');
  await atOne.sees('{"to":"one"}');
  await atTwo.sees('{"to":"two"}');
  assert.ok(!atOne.texts().includes('{"to":"two"}') && !atTwo.texts().includes('{"to":"one"}'));
  atOne.close();
  await bench.publishSurely(broker, plain, two, '{"still":"two"}');
  await atTwo.sees('{"still":"two"}');
  assert.deepEqual(atOne.afterClose, []);
  for (const { key, instance } of atTwo.records) {
    assert.equal(key, undefined, 'a topic without parameters has no key');
    assert.ok(instance === undefined || instance === two);
  }
}

async function opensWhileReceiving(bench: Bench): Promise<void> {
  const topic = bench.topics.parameter;
  const broker = await bench.open();
  const [one, two] = [bench.instance('nested'), bench.instance('nested')];
  const outer = await bench.attached(broker, topic, one);
  let inner: Collector | undefined;
  outer.onRecord = () => {
    outer.onRecord = undefined;
    inner = bench.tail(broker, broker.stream(topic, two));
  };
  await bench.publishSurely(broker, topic, one, '{"opens":"two"}');
  await outer.sees('{"opens":"two"}');
  assert.ok(inner);
  await within(inner.tail.attached, bench.patienceMs, 'the tail opened inside record()');
  await bench.publishSurely(broker, topic, two, '{"in":"two"}');
  await inner.sees('{"in":"two"}');
}

async function wildcardSeesAll(bench: Bench): Promise<void> {
  const { wildcard } = bench.topics;
  if (!wildcard.can) throw new Error(wildcard.why);
  const { topic } = wildcard;
  const broker = await bench.open();
  const all = broker.stream(topic, undefined);
  const instances = [bench.instance('any', topic), bench.instance('any', topic), bench.instance('any', topic)];
  const everything = await bench.attached(broker, topic, undefined);
  // Where instances share the wildcard's stream, its one tail is already open.
  const separate = instances.filter((instance) => broker.stream(topic, instance).id !== all.id);
  const singles = await Promise.all(separate.map((instance) => bench.attached(broker, topic, instance)));
  for (const instance of instances) {
    for (let n = 0; n < 3; n++) await bench.publishSurely(broker, topic, instance, JSON.stringify({ instance, n }));
  }
  for (const instance of instances) {
    const expected = Array.from({ length: 3 }, (_, n) => JSON.stringify({ instance, n }));
    assert.deepEqual(await bench.settled(broker, topic, instance, everything), expected);
    for (const record of bench.recordsOf(topic, instance, everything)) {
      assert.ok(record.instance === instance || record.key?.toString() === keyOf(topic, instance));
    }
    const single = singles[separate.indexOf(instance)];
    if (single === undefined) continue;
    await bench.soon('the marker in the tail of the instance', () => single.records.length >= 4);
    assert.deepEqual(
      single.records.map(text).filter((value) => !value.includes('marker')),
      expected,
    );
  }
  everything.close();
  for (const single of singles) single.close();
  await bench.soon('tailCount() back to 0', () => broker.tailCount() === 0);
}

async function keyPlacementFinds(bench: Bench): Promise<void> {
  const { keyPlacement } = bench.topics;
  if (!keyPlacement.can) throw new Error(keyPlacement.why);
  const { topic } = keyPlacement;
  const broker = await bench.open();
  const instances = Array.from({ length: 8 }, () => bench.instance('customer', topic));
  const collectors = new Map<TopicInstance, Collector>();
  for (const instance of instances) collectors.set(instance, await bench.attached(broker, topic, instance));
  for (const instance of instances) await bench.publishSurely(broker, topic, instance, JSON.stringify({ instance }));
  for (const instance of instances) {
    const collector = collectors.get(instance);
    assert.ok(collector);
    assert.deepEqual(await bench.settled(broker, topic, instance, collector), [JSON.stringify({ instance })]);
  }
}

export const tailRules: readonly Rule[] = [
  { name: 'every record acknowledged after `attached` is delivered', run: nothingLostAfterAttached },
  { name: 'a late tail sees only later events', run: lateSeesLater },
  { name: 'J6: churn over 1,000 instances leaves no tail and no subscription in the broker', run: churn },
  { name: 'a stream closed and opened again in one turn is heard', run: reopens },
  { name: 'a sink hears nothing after close(), also when it closes inside record()', run: silentAfterClose },
  { name: 'tails of different streams are independent', run: tailsAreIndependent },
  { name: 'a tail may be opened inside record()', run: opensWhileReceiving },
  {
    name: 'a wildcard tail carries every instance once, beside the tails of single instances',
    unfit: ({ topics }) => (topics.wildcard.can ? undefined : topics.wildcard.why),
    run: wildcardSeesAll,
  },
  {
    name: 'placement KEY: the tail of an instance reads the partition where its key lands',
    unfit: ({ topics }) => (topics.keyPlacement.can ? undefined : topics.keyPlacement.why),
    run: keyPlacementFinds,
  },
];
