import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PublishOutcome } from '../../../src/broker/outcome.ts';
import type { NewEvent } from '../../../src/broker/sqlite/messages.ts';
import { PublishQueue } from '../../../src/broker/sqlite/publish-queue.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { durableTopics, instanceOf } from '../topics.ts';

const topic = durableTopics.parameter;

function event(value: string): NewEvent {
  const instance = instanceOf(topic, 'a');
  return { topic: topic.name, instance, key: 'a', value, timestamp: 1, attributes: undefined };
}

const stored: PublishOutcome = { type: 'acknowledged', publishedAt: 1, position: undefined };

async function typeNow(promise: Promise<PublishOutcome>): Promise<string> {
  return await Promise.race([promise.then(({ type }) => type), new Promise<string>((r) => setImmediate(r, 'waiting'))]);
}

test('one batch is in flight, and the next one fills meanwhile in call order', () => {
  const queue = new PublishQueue(new ManualClock(), 1_000_000);
  void queue.offer(event('1'));
  assert.deepEqual(
    queue.next()?.map((pending) => pending.event.value),
    ['1'],
  );
  void queue.offer(event('2'));
  void queue.offer(event('3'));
  assert.equal(queue.next(), undefined);
  queue.settle(() => stored);
  assert.deepEqual(
    queue.next()?.map((pending) => pending.event.value),
    ['2', '3'],
  );
});

test('a batch is bounded in events and in bytes, and one large value passes alone', () => {
  const queue = new PublishQueue(new ManualClock(), 100_000_000);
  for (let n = 0; n < 1_500; n++) void queue.offer(event(String(n)));
  assert.equal(queue.next()?.length, 1_000);
  queue.settle(() => stored);
  assert.equal(queue.next()?.length, 500);
  queue.settle(() => stored);
  void queue.offer(event('x'.repeat(5_000_000)));
  void queue.offer(event('x'.repeat(3_000_000)));
  void queue.offer(event('x'.repeat(3_000_000)));
  for (let n = 0; n < 3; n++) {
    assert.equal(queue.next()?.length, 1);
    queue.settle(() => stored);
  }
});

test('beyond its bytes the queue answers unavailable, until the worker has answered', async () => {
  const queue = new PublishQueue(new ManualClock(), 10_000);
  const first = queue.offer(event('x'.repeat(6_000)));
  assert.equal(await typeNow(queue.offer(event('x'.repeat(6_000)))), 'unavailable');
  queue.next();
  assert.equal(await typeNow(queue.offer(event('x'.repeat(6_000)))), 'unavailable', 'bytes in flight count');
  queue.settle(() => stored);
  assert.equal(await typeNow(first), 'acknowledged');
  assert.equal(await typeNow(queue.offer(event('x'.repeat(6_000)))), 'waiting');
});

test('a value above the bound is rejected, one of exactly the bound passes', async () => {
  const queue = new PublishQueue(new ManualClock(), 10_000);
  assert.equal(await typeNow(queue.offer(event('ü'.repeat(5_001)))), 'rejected');
  assert.equal(await typeNow(queue.offer(event('ü'.repeat(5_000)))), 'waiting');
});

test('P95: at the deadline what was not sent is unavailable and never sent, what is in flight is indeterminate', async () => {
  const clock = new ManualClock();
  const queue = new PublishQueue(clock, 10_000);
  const inFlight = queue.offer(event('"in flight"'));
  queue.next();
  clock.advance(2_000);
  const waiting = queue.offer(event('"waiting"'));
  clock.advance(2_999);
  assert.deepEqual([await typeNow(inFlight), await typeNow(waiting)], ['waiting', 'waiting']);
  clock.advance(1);
  assert.deepEqual([await typeNow(inFlight), await typeNow(waiting)], ['indeterminate', 'waiting']);
  clock.advance(2_000);
  assert.equal(await typeNow(waiting), 'unavailable');
  const settled: string[] = [];
  queue.settle((pending) => {
    settled.push(pending.event.value);
    return stored;
  });
  assert.deepEqual(settled, ['"in flight"'], 'a late answer still tells what was stored');
  assert.equal((await inFlight).type, 'indeterminate', 'and changes no answer');
  assert.equal(queue.next(), undefined);
  assert.equal(clock.timerCount, 0);
});

test('whenIdle calls back once all is answered', () => {
  const queue = new PublishQueue(new ManualClock(), 10_000);
  let idle = 0;
  void queue.offer(event('1'));
  queue.next();
  void queue.offer(event('2'));
  queue.whenIdle(() => idle++);
  queue.settle(() => stored);
  assert.equal(idle, 0);
  queue.failWaiting({ type: 'unavailable', reason: 'closed' });
  assert.equal(idle, 1);
  queue.whenIdle(() => idle++);
  assert.equal(idle, 2);
});
