import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { History } from '../../../src/broker/history.ts';
import type { Broker } from '../../../src/broker/port.ts';
import type { StreamPosition } from '../../../src/routing/position.ts';
import type { BufferedPolicy, Topic } from '../../../src/routing/topic.ts';
import { eventually } from '../../support/eventually.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { within } from '../bench.ts';
import { Collector, text } from '../collector.ts';
import { bufferedTopics, durableTopics, instanceOf } from '../topics.ts';
import { logBroker, publish, temporaryFolder } from './folder-fixture.ts';

const topic = durableTopics.parameter;
const [one, two] = [instanceOf(topic, 'one'), instanceOf(topic, 'two')];
const LARGE = { maxRecords: 100_000, maxBytes: 1_000_000_000 };

function historyOf(broker: Broker): History {
  assert.ok(broker.history);
  return broker.history;
}

function place(log: string, sequence: number): StreamPosition {
  return { log, partitions: [{ type: 'log', sequence }] };
}

/** Publishes one after the other; returns their sequences and the log's name. */
async function publishAll(
  broker: Broker,
  to: Topic,
  instance: typeof one,
  values: readonly string[],
): Promise<{ log: string; sequences: number[] }> {
  const sequences: number[] = [];
  let log = '';
  for (const value of values) {
    const outcome = await publish(broker, to, instance, value);
    assert.ok(outcome.type === 'acknowledged' && outcome.position?.type === 'log');
    sequences.push(outcome.position.sequence);
    log = outcome.position.epoch;
  }
  return { log, sequences };
}

function catchWorker(context: TestContext): () => Worker {
  let caught: Worker | undefined;
  const send = Worker.prototype.postMessage;
  context.mock.method(Worker.prototype, 'postMessage', function (this: Worker, message: unknown) {
    caught = this;
    send.call(this, message);
  });
  return () => {
    assert.ok(caught);
    return caught;
  };
}

test('a tail made before open() begins where the log ends, once it is open', async (context) => {
  const folder = await temporaryFolder(context);
  const first = logBroker(context, { folder });
  await first.open();
  const { log, sequences } = await publishAll(first, topic, one, ['1', '2', '3']);
  await first.close();
  const second = logBroker(context, { folder });
  const collector = new Collector();
  const tail = second.tail(second.stream(topic, one), collector);
  assert.deepEqual(collector.positions, []);
  let attached = false;
  void tail.attached.then(() => {
    attached = true;
  });
  await Promise.resolve();
  assert.equal(attached, false, 'nothing has confirmed it');
  await second.open();
  await tail.attached;
  assert.deepEqual(collector.positions, [place(log, sequences[2] ?? -1)]);
  const later = new Collector();
  second.tail(second.stream(topic, two), later);
  assert.deepEqual(later.positions, collector.positions, 'told at once when the log is open');
});

test('a place behind which only other instances have events is the place of the tail', async (context) => {
  const folder = await temporaryFolder(context);
  const broker = logBroker(context, { folder });
  await broker.open();
  await publishAll(broker, topic, one, ['1']);
  const stream = broker.stream(topic, one);
  const collector = new Collector();
  broker.tail(stream, collector);
  const [head] = collector.positions;
  const { log, sequences } = await publishAll(broker, topic, two, ['2', '3']);
  const position = place(log, sequences[1] ?? -1);
  assert.deepEqual(await historyOf(broker).resume(stream, position), { type: 'valid', position: head });
});

test('a closed log answers at once, without a deadline that has to pass', async (context) => {
  const folder = await temporaryFolder(context);
  const broker = logBroker(context, { folder }, { clock: new ManualClock() });
  await broker.open();
  const closing = broker.close();
  const answers = [historyOf(broker).locate(broker.stream(topic, one), { type: 'latest' })];
  await closing;
  answers.push(historyOf(broker).locate(broker.stream(topic, one), { type: 'latest' }));
  for (const answer of answers) {
    assert.equal((await within(answer, 20_000, 'an answer with the clock standing still')).type, 'unavailable');
  }
});

test('F7: a whole topic has lost an event when any instance has; the other instances have not', async (context) => {
  const folder = await temporaryFolder(context);
  const clock = new ManualClock();
  const policy: BufferedPolicy = { delivery: 'BUFFERED', retentionMs: 3_600_000, maxEvents: 10, foreignWriters: true };
  const bounded: Topic = { ...bufferedTopics.parameter, policy };
  const [busy, quiet] = [instanceOf(bounded, 'busy'), instanceOf(bounded, 'quiet')];
  const broker = logBroker(context, { folder }, { clock, topics: [bounded] });
  await broker.open();
  const history = historyOf(broker);
  const early = await publishAll(broker, bounded, quiet, ['"quiet"']);
  const { log, sequences } = await publishAll(
    broker,
    bounded,
    busy,
    Array.from({ length: 30 }, (_, n) => String(n)),
  );
  const start = place(log, early.sequences[0] ?? -1);
  const whole = broker.stream(bounded, undefined);
  assert.equal((await history.resume(whole, start)).type, 'valid');
  await eventually(async () => {
    clock.advance(10_000);
    return (await history.resume(broker.stream(bounded, busy), start)).type === 'expired';
  });
  const oldest = place(log, sequences[19] ?? -1);
  assert.deepEqual(await history.resume(whole, start), { type: 'expired', reason: 'trimmed', oldest });
  assert.equal((await history.resume(whole, oldest)).type, 'valid');
  assert.equal((await history.resume(broker.stream(bounded, quiet), start)).type, 'valid');
  assert.equal((await history.resume(broker.stream(bounded, quiet), place(log, 0))).type, 'valid');
});

test('a time is found by the first event not older, also after the clock was set back', async (context) => {
  const folder = await temporaryFolder(context);
  let now = 0;
  const clock = Object.assign(new ManualClock(), { now: () => now });
  const broker = logBroker(context, { folder }, { clock });
  await broker.open();
  const times = [1_000, 2_000, 2_000, 500, 600, 3_000, 100, 4_000];
  for (const time of times) {
    now = time;
    await publishAll(broker, topic, time === 600 ? two : one, [String(time)]);
  }
  const history = historyOf(broker);
  for (const [instance, own] of [
    [one, times.filter((time) => time !== 600)],
    [two, [600]],
    [undefined, times],
  ] as const) {
    const stream = broker.stream(topic, instance);
    for (const time of [0, 100, 101, 550, 600, 601, 1_000, 1_001, 2_000, 2_500, 3_001, 4_000, 4_001]) {
      const found = await history.locate(stream, { type: 'time', time });
      assert.ok(found.type === 'located');
      const [from] = found.position.partitions;
      assert.ok(from);
      const chunk = await history.read(stream, 0, found.position.log, from, LARGE);
      assert.ok(chunk.type === 'chunk');
      const first = own.findIndex((other) => other >= time);
      assert.deepEqual(
        chunk.records.map(text),
        (first === -1 ? [] : own.slice(first)).map(String),
        `${instance} ${time}`,
      );
    }
  }
});

test('one answer is a slice, whatever the limits, so that a publish waits for no more', async (context) => {
  const folder = await temporaryFolder(context);
  const broker = logBroker(context, { folder });
  await broker.open();
  const value = JSON.stringify('x'.repeat(1_000));
  await Promise.all(Array.from({ length: 1_500 }, () => publish(broker, topic, one, value)));
  await Promise.all(Array.from({ length: 1_500 }, () => publish(broker, topic, two, '1')));
  const history = historyOf(broker);
  for (const instance of [one, two]) {
    const stream = broker.stream(topic, instance);
    const end = await history.locate(stream, { type: 'latest' });
    assert.ok(end.type === 'located');
    const { log } = end.position;
    const [last] = end.position.partitions;
    assert.ok(last);
    const chunks = [
      await history.read(stream, 0, log, { type: 'log', sequence: 0 }, LARGE),
      await history.readBackwards(stream, 0, log, last, LARGE),
    ];
    for (const chunk of chunks) {
      assert.ok(chunk.type === 'chunk');
      assert.ok(chunk.records.length > 100 && chunk.records.length <= 1_000, String(chunk.records.length));
      assert.ok(chunk.records.reduce((sum, record) => sum + (record.value?.byteLength ?? 0), 0) <= 262_144);
      assert.equal(chunk.atEnd, false);
    }
  }
});

test('questions under way when the thread dies are unavailable, and the next one answers again', async (context) => {
  const folder = await temporaryFolder(context);
  const worker = catchWorker(context);
  const broker = logBroker(context, { folder });
  await broker.open();
  const { log, sequences } = await publishAll(broker, topic, one, ['1', '2']);
  const history = historyOf(broker);
  const stream = broker.stream(topic, one);
  const start = place(log, sequences[0] ?? -1);
  const asked = Array.from({ length: 50 }, () => history.resume(stream, start));
  await worker().terminate();
  const kinds = (await Promise.all(asked)).map(({ type }) => type);
  assert.ok(kinds.includes('unavailable'), 'the fault happened');
  assert.equal((await history.resume(stream, start)).type, 'unavailable');
  await eventually(() => broker.status().type === 'up');
  assert.deepEqual(await history.resume(stream, start), { type: 'valid', position: start });
});

test('F14: places of a log file that was taken away under the gateway are recreated, and tails begin anew', async (context) => {
  const folder = await temporaryFolder(context);
  const worker = catchWorker(context);
  const broker = logBroker(context, { folder });
  await broker.open();
  const old = await publishAll(broker, topic, one, ['1', '2']);
  broker.onStatus(({ type }) => {
    if (type === 'down')
      for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `log.sqlite${end}`), { force: true });
  });
  await worker().terminate();
  await eventually(() => broker.status().type === 'up');
  const history = historyOf(broker);
  const stream = broker.stream(topic, one);
  const collector = new Collector();
  broker.tail(stream, collector);
  const { log } = await publishAll(broker, topic, one, ['3', '4', '5']);
  assert.deepEqual(collector.positions, [place(log, 0)]);
  assert.deepEqual(await history.resume(stream, place(old.log, 1)), {
    type: 'expired',
    reason: 'recreated',
    oldest: place(log, 0),
  });
});

test('positions that no log gives are invalid', async (context) => {
  const folder = await temporaryFolder(context);
  const broker = logBroker(context, { folder });
  await broker.open();
  const { log } = await publishAll(broker, topic, one, ['1']);
  const history = historyOf(broker);
  const stream = broker.stream(topic, one);
  const bad: readonly StreamPosition[] = [
    place(log, -1),
    place(log, 0.5),
    place(log, Number.NaN),
    place(log, 2 ** 60),
    { log, partitions: [] },
    { log, partitions: [{ type: 'kafka', next: 1n, leaderEpoch: 0 }] },
  ];
  for (const position of bad) {
    assert.deepEqual(await history.resume(stream, position), {
      type: 'expired',
      reason: 'invalid',
      oldest: place(log, 0),
    });
  }
});

test('the bytes of what is read are counted', async (context) => {
  const folder = await temporaryFolder(context);
  let bytes = 0;
  const onBytes = (direction: 'in' | 'out', count: number): void => {
    if (direction === 'in') bytes += count;
  };
  const broker = logBroker(context, { folder }, { onBytes });
  await broker.open();
  const { log } = await publishAll(broker, topic, one, ['"é"', '22']);
  await historyOf(broker).read(broker.stream(topic, one), 0, log, { type: 'log', sequence: 0 }, LARGE);
  assert.equal(bytes, 6);
});
