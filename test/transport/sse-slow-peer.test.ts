import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { at, batchOf, type ScriptedSubscription } from '../protocol/scripted-operations.ts';
import { eventually } from '../support/eventually.ts';
import { RunningListener } from './running-listener.ts';
import { StreamClient } from './stream-client.ts';

const TEXT = 'x'.repeat(64 * 1024);

/** Sends numbered results while the peer takes them, as a source does. Returns the next number. */
function fill({ sink }: ScriptedSubscription, from = 0): number {
  let next = from;
  // The kernel takes some megabytes before anything waits in the process.
  while (sink.writable && next < from + 4_000) {
    sink.next(batchOf({ data: next, text: TEXT }));
    next += 1;
  }
  assert.equal(sink.writable, false);
  return next;
}

function numbersOf(client: StreamClient): number[] {
  return [...client.text.matchAll(/^data: \{"data":(\d+),/gm)].map(([, n]) => Number(n));
}

describe('an event stream that is read slowly, over real sockets', () => {
  let running: RunningListener;
  before(async () => {
    running = await RunningListener.start({ eventStreamLimits: { lookMs: 60_000 } });
  });
  after(() => running.stop());

  async function subscribed(): Promise<{
    readonly client: StreamClient;
    readonly subscription: ScriptedSubscription;
  }> {
    const before = running.operations.subscriptions.length;
    const client = await StreamClient.open(running.url);
    await eventually(() => running.operations.subscriptions.length === before + 1);
    return { client, subscription: at(running.operations.subscriptions, -1) };
  }

  it('P36: while it is not read its source holds back; when it is read again the source goes on, and nothing is lost', async () => {
    const { client, subscription } = await subscribed();
    client.pause();
    let sent = fill(subscription);
    assert.equal(subscription.resumed, 0);
    client.resume();
    await eventually(() => subscription.resumed === 1, { what: 'resume', deadlineMs: 60_000 });
    assert.equal(subscription.sink.writable, true);
    await eventually(() => numbersOf(client).length === sent, { what: 'every result', deadlineMs: 60_000 });
    // And again: the flag is not a one-way door.
    client.pause();
    sent = fill(subscription, sent);
    client.resume();
    await eventually(() => subscription.resumed === 2, { what: 'a second resume', deadlineMs: 60_000 });
    await eventually(() => numbersOf(client).length === sent, { what: 'every result', deadlineMs: 60_000 });
    assert.deepEqual(
      numbersOf(client),
      Array.from({ length: sent }, (_, n) => n),
    );
    assert.equal(subscription.disposed, 0);
    assert.equal(await running.drops('slow_connection'), 0);
    client.terminate();
  });

  it('P36: what waits is sent although the source has nothing more to say', async () => {
    const { client, subscription } = await subscribed();
    client.pause();
    const sent = fill(subscription);
    subscription.sink.complete();
    client.resume();
    await eventually(() => client.ending === 'end', { what: 'the end', deadlineMs: 60_000 });
    assert.equal(numbersOf(client).length, sent);
    assert.match(client.text, /event: complete\ndata:\n\n$/);
  });

  it('P36: a source that does not hold back is cut off at the bound, counted, and others do not notice', async () => {
    const { client, subscription } = await subscribed();
    const other = await subscribed();
    client.pause();
    fill(subscription);
    for (let n = 0; n < 200 && subscription.disposed === 0; n += 1) {
      subscription.sink.next(batchOf({ data: n, text: TEXT }));
    }
    assert.equal(subscription.disposed, 1);
    assert.equal(await running.drops('slow_connection'), 1);
    client.resume();
    await eventually(() => client.ending === 'cut', { what: 'the cut', deadlineMs: 60_000 });
    other.subscription.sink.next(batchOf({ data: 'fine' }));
    await other.client.receive('"fine"');
    other.client.terminate();
  });

  it('P36, P49: one that goes away while it is full leaves no source', async () => {
    const { client, subscription } = await subscribed();
    client.pause();
    fill(subscription);
    client.terminate();
    await eventually(() => subscription.disposed === 1, { deadlineMs: 60_000 });
    await eventually(() => running.metrics.connections === 0, { deadlineMs: 60_000 });
  });
});

describe('a result that is larger than what a socket takes at once', () => {
  it('P36: it arrives whole, although nothing follows it', async () => {
    const running = await RunningListener.start({
      eventStreamLimits: { lookMs: 60_000, maxBufferedBytes: 64 * 1024 * 1024 },
    });
    const client = await StreamClient.open(running.url);
    try {
      await eventually(() => running.operations.subscriptions.length === 1);
      const { sink } = at(running.operations.subscriptions, 0);
      client.pause();
      sink.next(batchOf({ text: TEXT.repeat(512), data: 'the end' }));
      assert.equal(sink.writable, false);
      client.resume();
      await client.receive('"the end"}\n\n');
      await eventually(() => sink.writable, { deadlineMs: 60_000 });
    } finally {
      client.terminate();
      await running.stop();
    }
  });
});

describe('an event stream that nobody reads', () => {
  it('P36: it is cut off after a while, counted', async () => {
    const running = await RunningListener.start({ eventStreamLimits: { lookMs: 300 } });
    const client = await StreamClient.open(running.url);
    await eventually(() => running.operations.subscriptions.length === 1);
    const subscription = at(running.operations.subscriptions, 0);
    try {
      client.pause();
      // The kernel takes some more after a while: the source goes on as often as it is asked to.
      subscription.onResume = () => fill(subscription);
      fill(subscription);
      await eventually(() => subscription.disposed === 1, { deadlineMs: 60_000 });
      assert.equal(await running.drops('slow_connection'), 1);
    } finally {
      client.terminate();
      await running.stop();
    }
  });
});

describe('event streams when memory is short', () => {
  it('P36: the slowest is cut, counted; one that keeps up loses nothing', async () => {
    const bound = 2 * 1024 * 1024 * 1024;
    let resident = 1024;
    const running = await RunningListener.start({ maxMemoryBytes: bound, readMemory: () => resident });
    const slow = await StreamClient.open(running.url);
    const fast = await StreamClient.open(running.url);
    try {
      await eventually(() => running.operations.subscriptions.length === 2);
      const source = at(running.operations.subscriptions, 0);
      slow.pause();
      source.onResume = () => fill(source);
      fill(source);
      assert.equal(await running.drops('memory_shed'), 0);
      resident = bound + 1;
      await eventually(() => source.disposed === 1, { deadlineMs: 60_000 });
      assert.equal(await running.drops('memory_shed'), 1);
      at(running.operations.subscriptions, 1).sink.next(batchOf({ data: 'fine' }));
      await fast.receive('"fine"');
    } finally {
      slow.terminate();
      fast.terminate();
      await running.stop();
    }
  });
});
