import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { PublishOutcome } from '../../../src/broker/outcome.ts';
import type { Broker, BrokerStatus } from '../../../src/broker/port.ts';
import type { TopicInstance } from '../../../src/routing/topic.ts';
import { eventually } from '../../support/eventually.ts';
import { readLog } from '../adapters/sqlite.ts';
import { Collector } from '../collector.ts';
import { answersAreTrue } from '../join.ts';
import { durableTopics, instanceOf } from '../topics.ts';
import { logBroker, publish, temporaryFolder } from './folder-fixture.ts';

const topic = durableTopics.parameter;
const instance = instanceOf(topic, 'crash');

/** The worker thread that a broker started last, caught when it is sent a message. */
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

function listen(broker: Broker): Collector {
  const collector = new Collector();
  collector.tail = broker.tail(broker.stream(topic, instance), collector);
  return collector;
}

function storedIn(folder: string, of: TopicInstance = instance): string[] {
  return readLog(folder, of).map(({ value }) => value?.toString() ?? '');
}

test('J1 to J4: a worker that dies in mid-publish answers truthfully, comes back by itself and the tail sees the whole log', async (context) => {
  const folder = await temporaryFolder(context);
  const worker = catchWorker(context);
  const broker = logBroker(context, { folder });
  const statuses: BrokerStatus['type'][] = [];
  broker.onStatus(({ type }) => statuses.push(type));
  await broker.open();
  const collector = listen(broker);
  const calls = new Map<string, Promise<PublishOutcome>>();
  for (let round = 0; round < 5; round++) {
    for (let n = 0; n < 3_000; n++) {
      const value = JSON.stringify({ round, n });
      calls.set(value, publish(broker, topic, instance, value));
    }
    // One batch is with the worker, others wait.
    await new Promise((resolve) => setImmediate(resolve));
    await worker().terminate();
    await eventually(() => broker.status().type === 'up');
  }
  const last = await publish(broker, topic, instance, '"last"');
  assert.equal(last.type, 'acknowledged');
  const published = new Map<string, PublishOutcome>();
  for (const [value, call] of calls) published.set(value, await call);
  const kinds = new Set([...published.values()].map(({ type }) => type));
  assert.ok(kinds.has('indeterminate') && kinds.has('unavailable'), `the fault happened: ${[...kinds].join()}`);
  const stored = storedIn(folder);
  answersAreTrue(published, stored);
  assert.deepEqual(collector.texts(), stored, 'J4');
  assert.deepEqual([collector.gaps, collector.ends], [[], []]);
  assert.ok(statuses.includes('down') && statuses.at(-1) === 'up');
});

test('J3, J4: a committed batch whose answer was lost is indeterminate, and the tail hears it once', async (context) => {
  const folder = await temporaryFolder(context);
  const broker = logBroker(context, { folder });
  const emit = Worker.prototype.emit;
  let lost = 0;
  context.mock.method(Worker.prototype, 'emit', function (this: Worker, event: string, ...rest: unknown[]) {
    const [message] = rest;
    const answers = typeof message === 'object' && message !== null && 'type' in message && message.type === 'appended';
    if (event === 'message' && answers && lost === 1) {
      lost++;
      void this.terminate();
      return true;
    }
    if (event === 'message' && answers) lost++;
    return Reflect.apply(emit, this, [event, ...rest]);
  });
  await broker.open();
  const collector = listen(broker);
  assert.equal((await publish(broker, topic, instance, '"first"')).type, 'acknowledged');
  const outcomes = await Promise.all(['"a"', '"b"'].map((value) => publish(broker, topic, instance, value)));
  assert.deepEqual(
    outcomes.map(({ type }) => type),
    ['indeterminate', 'indeterminate'],
  );
  assert.equal(lost, 2, 'the fault happened');
  await eventually(() => broker.status().type === 'up');
  assert.equal((await publish(broker, topic, instance, '"next"')).type, 'acknowledged');
  assert.deepEqual(storedIn(folder), ['"first"', '"a"', '"b"', '"next"']);
  assert.deepEqual(collector.texts(), ['"first"', '"a"', '"b"', '"next"']);
});

test('a log file that was taken away under the gateway ends the tails: recreated', async (context) => {
  const folder = await temporaryFolder(context);
  const worker = catchWorker(context);
  const broker = logBroker(context, { folder });
  await broker.open();
  const collector = listen(broker);
  await publish(broker, topic, instance, '"old"');
  broker.onStatus(({ type }) => {
    if (type === 'down')
      for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `log.sqlite${end}`), { force: true });
  });
  await worker().terminate();
  await eventually(() => broker.status().type === 'up');
  assert.deepEqual(collector.ends, ['recreated']);
  assert.equal(broker.tailCount(), 0);
  const again = listen(broker);
  assert.equal((await publish(broker, topic, instance, '"new"')).type, 'acknowledged');
  assert.deepEqual(again.texts(), ['"new"']);
});

test('a publish while the worker is away is unavailable at once', async (context) => {
  const folder = await temporaryFolder(context);
  const worker = catchWorker(context);
  const broker = logBroker(context, { folder });
  await broker.open();
  let during: Promise<PublishOutcome> | undefined;
  broker.onStatus(({ type }) => {
    if (type === 'down') during = publish(broker, topic, instance, '"during"');
  });
  await worker().terminate();
  await eventually(() => broker.status().type === 'up');
  assert.equal((await during)?.type, 'unavailable');
  assert.deepEqual(storedIn(folder), []);
});
