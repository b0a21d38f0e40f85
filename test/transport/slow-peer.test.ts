import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { at, batchOf, type ScriptedSubscription } from '../protocol/scripted-operations.ts';
import { eventually } from '../support/eventually.ts';
import { RawClient, RunningListener } from './running-listener.ts';

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

/** The numbers that arrived, of results. */
function numbersOf(client: RawClient): number[] {
  return client
    .take()
    .filter(({ type }) => type === 'next')
    .map(({ payload }) => (payload as { data: number }).data);
}

async function subscribed(
  running: RunningListener,
  id: string,
): Promise<{ readonly client: RawClient; readonly subscription: ScriptedSubscription }> {
  const client = await RawClient.ready(running.webSocketUrl);
  const before = running.operations.subscriptions.length;
  client.subscribe(id);
  await eventually(() => running.operations.subscriptions.length === before + 1);
  return { client, subscription: at(running.operations.subscriptions, -1) };
}

describe('a peer that reads slowly, over real sockets', () => {
  let running: RunningListener;
  before(async () => {
    running = await RunningListener.start({ connectionLimits: { stuckTimeoutMs: 60_000 } });
  });
  after(() => running.stop());

  it('P36: while it does not read its source holds back; when it reads again the source goes on, and nothing is lost', async () => {
    const { client, subscription } = await subscribed(running, '1');
    client.webSocket.pause();
    let sent = fill(subscription);
    assert.equal(subscription.resumed, 0);
    client.webSocket.resume();
    await eventually(() => subscription.resumed > 0, { what: 'resume', deadlineMs: 60_000 });
    assert.equal(subscription.sink.writable, true);
    // And again: the flag is not a one-way door.
    await eventually(() => client.texts.length === sent, { what: 'every result', deadlineMs: 60_000 });
    client.webSocket.pause();
    const resumed = subscription.resumed;
    sent = fill(subscription, sent);
    client.webSocket.resume();
    await eventually(() => subscription.resumed > resumed, { what: 'a second resume', deadlineMs: 60_000 });
    await eventually(() => client.texts.length === sent, { what: 'every result', deadlineMs: 60_000 });
    assert.deepEqual(
      numbersOf(client),
      Array.from({ length: sent }, (_, n) => n),
    );
    assert.equal(subscription.disposed, 0);
    assert.equal(await running.drops('slow_connection'), 0);
    client.terminate();
  });

  it('P36: it holds back only its own subscriptions, and all of them', async () => {
    const { client, subscription } = await subscribed(running, '1');
    client.subscribe('2');
    const before = running.operations.subscriptions.length;
    await eventually(() => running.operations.subscriptions.length === before + 1);
    const sibling = at(running.operations.subscriptions, -1);
    const other = await subscribed(running, '1');
    client.webSocket.pause();
    fill(subscription);
    assert.deepEqual([sibling.sink.writable, other.subscription.sink.writable], [false, true]);
    other.subscription.sink.next(batchOf({ data: 'fine' }));
    assert.deepEqual(await other.client.receive(1), [{ id: '1', type: 'next', payload: { data: 'fine' } }]);
    client.webSocket.resume();
    await eventually(() => sibling.resumed > 0, { what: 'resume of the sibling', deadlineMs: 60_000 });
    assert.equal(other.subscription.resumed, 0);
    client.terminate();
    other.client.terminate();
  });

  it('P27, P36: one that goes away while it is full leaves no source', async () => {
    const { client, subscription } = await subscribed(running, '1');
    client.webSocket.pause();
    fill(subscription);
    client.terminate();
    await eventually(() => subscription.disposed === 1, { what: 'the disposal', deadlineMs: 60_000 });
  });
});

describe('a peer that never reads, over real sockets', () => {
  it('P36: it is closed with 1013 although it goes on speaking, counted, with everything before intact', async () => {
    const running = await RunningListener.start({ connectionLimits: { stuckTimeoutMs: 500 } });
    try {
      const { client, subscription } = await subscribed(running, '1');
      client.webSocket.pause();
      const sent = fill(subscription);
      await eventually(
        () => {
          if (subscription.disposed === 0) client.say({ type: 'ping' });
          return subscription.disposed === 1;
        },
        { what: 'the disposal', deadlineMs: 60_000 },
      );
      assert.equal(await running.drops('slow_connection'), 1);
      client.webSocket.resume();
      assert.equal((await client.closed()).code, 1013);
      assert.deepEqual(
        numbersOf(client),
        Array.from({ length: sent }, (_, n) => n),
      );
    } finally {
      await running.stop();
    }
  });
});
