import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createClient } from 'graphql-ws';
import { WebSocket as WsClient } from 'ws';
import type { Gap } from '../../src/fanout/subscriber-sink.ts';
import { at, batchOf, type ScriptedSubscription } from '../protocol/scripted-operations.ts';
import { eventually } from '../support/eventually.ts';
import { RawClient, RunningListener } from './running-listener.ts';

const PROGRESS = { sluice: { progress: true } };
const GAP: Gap = { reason: 'link_lost', since: '2026-01-01T00:00:00.000Z' };

describe('progress and gaps over real sockets', () => {
  let running: RunningListener;
  before(async () => {
    running = await RunningListener.start({ connectionLimits: { keepAliveMs: 50 } });
  });
  after(() => running.stop());

  async function sourceAfter(subscribe: () => void): Promise<ScriptedSubscription> {
    const before = running.operations.subscriptions.length;
    subscribe();
    await eventually(() => running.operations.subscriptions.length === before + 1);
    return at(running.operations.subscriptions, -1);
  }

  /** What a source may tell of itself, with a result at the end. */
  function tellAll(subscription: ScriptedSubscription): void {
    subscription.cursor = 'c1';
    subscription.sink.progress({ cursor: 'c1', gap: undefined });
    subscription.sink.progress({ cursor: undefined, gap: GAP });
    subscription.sink.next(batchOf({ data: 1 }));
  }

  it('P100: a client that asked for it is told once attached, at a gap, and when the position moved', async () => {
    const client = await RawClient.ready(running.webSocketUrl, PROGRESS);
    const subscription = await sourceAfter(() => client.subscribe('__proto__'));
    tellAll(subscription);
    await client.receive(3).then((messages) => {
      assert.deepEqual(
        messages.map((message) => JSON.stringify(message)),
        [
          '{"type":"ping","payload":{"sluice":{"__proto__":{"cursor":"c1"}}}}',
          `{"type":"ping","payload":{"sluice":{"__proto__":{"gap":${JSON.stringify(GAP)}}}}}`,
          '{"id":"__proto__","type":"next","payload":{"data":1}}',
        ],
      );
    });
    for (const cursor of ['c2', 'c3']) {
      subscription.cursor = cursor;
      const [ping] = await client.receive(1);
      assert.equal(JSON.stringify(ping), `{"type":"ping","payload":{"sluice":{"__proto__":{"cursor":"${cursor}"}}}}`);
      client.say({ type: 'pong', payload: ping?.payload });
    }
    client.terminate();
  });

  it('P100: a client that did not ask hears of none of it', async () => {
    const asking = await RawClient.ready(running.webSocketUrl, PROGRESS);
    const silent = await RawClient.ready(running.webSocketUrl);
    const theirs = await sourceAfter(() => asking.subscribe('1'));
    const ours = await sourceAfter(() => silent.subscribe('1'));
    tellAll(theirs);
    tellAll(ours);
    theirs.cursor = 'c2';
    ours.cursor = 'c2';
    // A keep-alive has passed once the one who asked has heard of it.
    await asking.receive(4);
    silent.say({ type: 'ping' });
    assert.deepEqual(await silent.receive(2), [{ id: '1', type: 'next', payload: { data: 1 } }, { type: 'pong' }]);
    asking.terminate();
    silent.terminate();
  });

  for (const connectionParams of [undefined, PROGRESS]) {
    const asked = connectionParams !== undefined;
    it(`P100: the stock graphql-ws client ${asked ? 'that asks is pinged' : 'that does not ask sees nothing new'}`, async () => {
      const witness = await RawClient.ready(running.webSocketUrl, PROGRESS);
      const witnessed = await sourceAfter(() => witness.subscribe('1'));
      const types: string[] = [];
      const pings: unknown[] = [];
      const client = createClient({
        url: running.webSocketUrl,
        webSocketImpl: WsClient,
        retryAttempts: 0,
        ...(asked ? { connectionParams } : {}),
        on: {
          message: ({ type }) => types.push(type),
          ping: (received, payload) => received && pings.push(payload),
        },
      });
      const results: unknown[] = [];
      const subscription = await sourceAfter(() =>
        client.subscribe(
          { query: 'subscription' },
          { next: (result) => results.push(result), error: () => undefined, complete: () => undefined },
        ),
      );
      tellAll(subscription);
      subscription.cursor = 'c2';
      if (asked) await eventually(() => pings.length >= 3);
      witnessed.cursor = 'w1';
      await witness.receive(1);
      subscription.sink.next(batchOf({ data: 2 }));
      await eventually(() => results.length === 2);
      assert.deepEqual(results, [{ data: 1 }, { data: 2 }]);
      const others = types.filter((type) => type !== 'ping');
      assert.deepEqual(others, ['connection_ack', 'next', 'next']);
      assert.deepEqual([types.length - others.length, pings.length], asked ? [3, 3] : [0, 0]);
      assert.equal(subscription.disposed, 0);
      await client.dispose();
      witness.terminate();
    });
  }

  it('P92: a gap rides in the extensions of the first result after it, and results after that have none', async () => {
    const client = await RawClient.ready(running.webSocketUrl);
    const { sink } = await sourceAfter(() => client.subscribe('1'));
    sink.next(batchOf({ data: 1, extensions: { gap: GAP } }, { data: 2 }));
    assert.deepEqual(await client.receive(2), [
      { id: '1', type: 'next', payload: { data: 1, extensions: { gap: GAP } } },
      { id: '1', type: 'next', payload: { data: 2 } },
    ]);
    client.terminate();
  });

  it('P91: extensions.cursor of a request arrives at its operation, by WebSocket and by HTTP', async () => {
    running.operations.onRun = ({ resolve }) => resolve('{"data":null}');
    const extensions = { cursor: 'abc-_123', other: [1] };
    const client = await RawClient.ready(running.webSocketUrl);
    const { request } = await sourceAfter(() =>
      client.say({ type: 'subscribe', id: '1', payload: { query: 'subscription', extensions } }),
    );
    assert.deepEqual(request.extensions, extensions);
    await fetch(running.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'query', extensions }),
    });
    assert.deepEqual(at(running.operations.singles, -1).request.extensions, extensions);
    client.terminate();
  });
});
