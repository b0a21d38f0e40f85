import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BrokerStatus } from '../../../src/broker/port.ts';
import { type Bench, within } from '../bench.ts';
import { Collector } from '../collector.ts';
import type { Rule } from '../rule.ts';

async function namesItself(bench: Bench): Promise<void> {
  const broker = bench.create();
  assert.equal(broker.name, bench.adapter.name);
  assert.ok(broker.capabilities.deliveries.includes(bench.adapter.delivery));
  assert.equal(broker.tailCount(), 0);
  assert.equal(broker.status().type, 'connecting');
}

async function streamIsPure(bench: Bench): Promise<void> {
  const broker = bench.create();
  const topic = bench.topics.parameter;
  const [a, b] = [bench.instance('pure'), bench.instance('pure')];
  const stream = broker.stream(topic, a);
  assert.equal(stream.id, broker.stream(topic, a).id);
  assert.equal(stream.id, bench.create().stream(topic, a).id, 'two brokers name a stream alike');
  assert.equal(stream.topic, topic);
  if (stream.instance !== undefined) {
    assert.equal(stream.instance, a);
    assert.notEqual(stream.id, broker.stream(topic, b).id, 'a stream of one instance is its own');
  }
  assert.notEqual(stream.id, broker.stream(bench.topics.plain, undefined).id);
  if (bench.topics.wildcard.can) {
    const all = broker.stream(bench.topics.wildcard.topic, undefined);
    assert.equal(all.instance, undefined);
    assert.notEqual(all.id, stream.id);
  }
}

async function closesOnce(bench: Bench): Promise<void> {
  const broker = await bench.open();
  const topic = bench.topics.parameter;
  const collector = await bench.attached(broker, topic, bench.instance('closing'));
  collector.closing();
  const first = broker.close();
  assert.equal(broker.close(), first);
  assert.equal(broker.close(1), first);
  await within(first, bench.patienceMs, 'close');
  assert.equal(broker.close(), first);
  assert.equal(broker.tailCount(), 0);
  assert.deepEqual(collector.afterClose, []);
  collector.tail.close();
}

async function closesUnopened(bench: Bench): Promise<void> {
  await within(bench.create().close(), bench.patienceMs, 'a broker that was never open to close');
}

async function closesWhileOpening(bench: Bench): Promise<void> {
  const broker = bench.create();
  const opening = broker.open().then(
    () => 'settled',
    () => 'settled',
  );
  await within(broker.close(), bench.patienceMs, 'a broker that is being opened to close');
  assert.equal(await within(opening, bench.patienceMs, 'open() to settle after close()'), 'settled');
  const outcome = await bench.publish(broker, bench.topics.parameter, bench.instance('closed'), '{}');
  assert.equal(outcome.type, 'unavailable');
}

async function harmlessAfterClose(bench: Bench): Promise<void> {
  const broker = await bench.open();
  const topic = bench.topics.parameter;
  const instance = bench.instance('after-close');
  await broker.close();
  const outcome = await bench.publish(broker, topic, instance, '{"after":"close"}');
  assert.equal(outcome.type, 'unavailable');
  const collector = new Collector();
  const tail = broker.tail(broker.stream(topic, instance), collector);
  await within(tail.attached, bench.patienceMs, '`attached` of a tail opened after close()');
  assert.equal(broker.tailCount(), 0);
  tail.close();
  tail.close();
  assert.deepEqual([collector.records, collector.gaps, collector.ends], [[], [], []]);
  if (bench.server.readBack.can) assert.deepEqual(await bench.stored(topic, instance), []);
}

async function tellsStatus(bench: Bench): Promise<void> {
  const broker = bench.create();
  const heard: BrokerStatus[] = [];
  const removed: BrokerStatus[] = [];
  broker.onStatus((status) => heard.push(status));
  const remove = broker.onStatus((status) => removed.push(status));
  remove();
  remove();
  await bench.open(broker);
  await bench.soon('status up after open()', () => broker.status().type === 'up');
  assert.equal(heard.at(-1)?.type, 'up');
  assert.deepEqual(heard.at(-1), broker.status());
  assert.deepEqual(removed, []);
}

async function countsBytes(bench: Bench): Promise<void> {
  const bytes = { in: 0, out: 0 };
  const broker = bench.create({
    onBytes(direction, count) {
      bytes[direction] += count;
    },
  });
  await bench.open(broker);
  const topic = bench.topics.parameter;
  const instance = bench.instance('bytes');
  const collector = await bench.attached(broker, topic, instance);
  const value = JSON.stringify({ text: 'ü'.repeat(500) });
  await bench.publishSurely(broker, topic, instance, value);
  await collector.sees(value);
  const size = Buffer.byteLength(value);
  assert.ok(bytes.out >= size && bytes.out < 2 * size, `out: ${bytes.out} for a value of ${size}`);
  assert.ok(bytes.in >= size && bytes.in < 2 * size, `in: ${bytes.in} for a value of ${size}`);
}

async function letsProcessExit(bench: Bench): Promise<void> {
  const program = fileURLToPath(new URL('../support/child.ts', import.meta.url));
  const task = { ...bench.server.child, delivery: bench.adapter.delivery };
  const child = spawn(process.execPath, [program, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (data: Buffer) => {
    said += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    said += data.toString();
  });
  try {
    const [code] = await within(once(child, 'close'), 90_000, `the child process to exit by itself; it said: ${said}`);
    assert.equal(code, 0, said);
    assert.match(said, /published, received and closed/);
  } finally {
    child.kill('SIGKILL');
  }
}

export const lifecycleRules: readonly Rule[] = [
  { name: 'a broker names itself and has the delivery of its row', run: namesItself },
  { name: 'stream() is pure: equal arguments give equal ids, before open() too', run: streamIsPure },
  { name: 'status listeners hear of changes until they are removed', run: tellsStatus },
  { name: 'onBytes hears the bytes of values in both directions', run: countsBytes },
  { name: 'close() twice is one promise, and leaves no tail', run: closesOnce },
  { name: 'close() without open() settles', run: closesUnopened },
  { name: 'close() while open() runs settles both', run: closesWhileOpening },
  { name: 'after close() a publish is unavailable and a tail is harmless', run: harmlessAfterClose },
  { name: 'close() leaves no handle: the process exits by itself', run: letsProcessExit },
];
