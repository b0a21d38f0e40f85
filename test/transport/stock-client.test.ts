import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket as WsClient } from 'ws';
import { at, batchOf, wireErrorOf } from '../protocol/scripted-operations.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { RunningListener } from './running-listener.ts';

const IMPLEMENTATIONS: readonly (readonly [name: string, implementation: unknown])[] = [
  ['ws', WsClient],
  ["Node's own WebSocket", globalThis.WebSocket],
];

for (const [name, webSocketImpl] of IMPLEMENTATIONS) {
  describe(`the stock graphql-ws client on ${name}`, () => {
    let running: RunningListener;
    let client: Client;
    before(async () => {
      running = await RunningListener.start();
      client = createClient({
        url: running.webSocketUrl,
        webSocketImpl,
        retryAttempts: 0,
        lazy: false,
        onNonLazyError: () => undefined,
      });
    });
    after(async () => {
      await client.dispose();
      await running.stop();
    });

    it('P21: runs a query and a mutation', async () => {
      running.operations.onRun = ({ request, resolve }) => resolve(JSON.stringify({ data: { query: request.query } }));
      for (const query of ['query', 'mutation']) {
        const results: unknown[] = [];
        for await (const result of client.iterate({ query })) results.push(result);
        assert.deepEqual(results, [{ data: { query } }]);
      }
    });

    it('P25, P26: reads several subscriptions on one socket, each to its end', async () => {
      const first = running.operations.subscriptions.length;
      const read = async (): Promise<unknown[]> => {
        const results: unknown[] = [];
        for await (const { data } of client.iterate({ query: 'subscription' })) results.push(data);
        return results;
      };
      const reads = [read(), read(), read()];
      await eventually(() => running.operations.subscriptions.length === first + 3);
      const sinks = running.operations.subscriptions.slice(first).map(({ sink }) => sink);
      const batch = batchOf({ data: { n: 1 } }, { data: { n: 2 } });
      for (const sink of sinks) sink.next(batch);
      for (const sink of sinks) sink.complete();
      for (const results of await Promise.all(reads)) assert.deepEqual(results, [{ n: 1 }, { n: 2 }]);
    });

    it('P19: is told of a refused operation with its code', async () => {
      await assert.rejects(
        client.iterate({ query: 'refuse syntax GRAPHQL_PARSE_FAILED' }).next(),
        (errors: unknown) => {
          assert.match(JSON.stringify(errors), /GRAPHQL_PARSE_FAILED/);
          return true;
        },
      );
    });

    it('P20: is told when the source fails midway', async () => {
      const before = running.operations.subscriptions.length;
      const iterator = client.iterate({ query: 'subscription' });
      const first = iterator.next();
      await eventually(() => running.operations.subscriptions.length === before + 1);
      const { sink } = at(running.operations.subscriptions, -1);
      sink.next(batchOf({ data: 1 }));
      assert.deepEqual((await first).value, { data: 1 });
      sink.error([wireErrorOf('BROKER_UNAVAILABLE', 'gone')]);
      await assert.rejects(iterator.next(), (errors: unknown) => /BROKER_UNAVAILABLE/.test(JSON.stringify(errors)));
    });

    it('P24: ends a subscription, and its source is disposed of', async () => {
      const before = running.operations.subscriptions.length;
      const iterator = client.iterate({ query: 'subscription' });
      const first = iterator.next();
      await eventually(() => running.operations.subscriptions.length === before + 1);
      const subscription = at(running.operations.subscriptions, -1);
      subscription.sink.next(batchOf({ data: 1 }));
      await first;
      await iterator.return?.();
      await eventually(() => subscription.disposed === 1);
    });

    it('P8: pings and is answered', async () => {
      let pongs = 0;
      const pinging = createClient({
        url: running.webSocketUrl,
        webSocketImpl,
        lazy: false,
        keepAlive: 20,
        onNonLazyError: () => undefined,
        on: {
          pong: () => {
            pongs += 1;
          },
        },
      });
      await eventually(() => pongs >= 2);
      await pinging.dispose();
    });
  });
}

describe('retries of the stock client', () => {
  it('P31: it does not come back after 4409', async () => {
    const running = await RunningListener.start();
    let connections = 0;
    const client = createClient({
      url: running.webSocketUrl,
      webSocketImpl: WsClient,
      generateID: () => 'always-the-same',
      retryWait: () => Promise.resolve(),
      on: {
        connected: () => {
          connections += 1;
        },
      },
    });
    const first = client.iterate({ query: 'subscription' });
    const second = client.iterate({ query: 'subscription' });
    const outcomes = await Promise.allSettled([first.next(), second.next()]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status === 'rejected' && (outcome.reason as CloseEvent).code),
      [4409, 4409],
    );
    assert.equal(connections, 1);
    await client.dispose();
    await running.stop();
  });

  it('P32, P34: after 1012 it comes back and subscribes again', async () => {
    const port = await freePort();
    const first = await RunningListener.start({ port });
    const client = createClient({
      url: first.webSocketUrl,
      webSocketImpl: WsClient,
      retryAttempts: 1_000,
      retryWait: () => new Promise((resolve) => setTimeout(resolve, 20)),
      // While nobody listens a connection is refused, which the client takes as fatal by default (P32).
      shouldRetry: () => true,
    });
    const iterator = client.iterate({ query: 'subscription' });
    const next = iterator.next();
    await eventually(() => first.operations.subscriptions.length === 1);
    await first.stop();
    const second = await RunningListener.start({ port });
    await eventually(() => second.operations.subscriptions.length === 1);
    at(second.operations.subscriptions, 0).sink.next(batchOf({ data: 'again' }));
    assert.deepEqual((await next).value, { data: 'again' });
    await client.dispose();
    await second.stop();
  });
});
