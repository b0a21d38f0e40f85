import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Client } from 'graphql-ws/client';
import type { ResumableClientOptions } from '../../src/client/resumable-client.ts';
import { eventually } from '../support/eventually.ts';
import { SOCKETS, SUBSCRIPTION, startClient, startServer } from './client-fixture.ts';
import { ReceivedResults } from './received-results.ts';

const PARAMS: readonly { readonly name: string; readonly given: unknown; readonly sent: unknown }[] = [
  { name: 'none', given: undefined, sent: { sluice: { progress: true } } },
  { name: 'an object', given: { token: 't' }, sent: { token: 't', sluice: { progress: true } } },
  { name: 'a promise', given: Promise.resolve({ token: 't' }), sent: { token: 't', sluice: { progress: true } } },
  { name: 'a function', given: () => ({ token: 't' }), sent: { token: 't', sluice: { progress: true } } },
  { name: 'an async function', given: async () => ({ token: 't' }), sent: { token: 't', sluice: { progress: true } } },
  { name: 'a function without a result', given: () => undefined, sent: { sluice: { progress: true } } },
  { name: 'own sluice members', given: { sluice: { a: 1 } }, sent: { sluice: { progress: true, a: 1 } } },
];

for (const { name, webSocketImpl } of SOCKETS) {
  describe(`the graphql-ws client's own behaviour with ${name}`, () => {
    test('P100: connectionParams are kept, and the opt-in is added', async (t) => {
      const server = await startServer(t);
      for (const [at, { name: what, given, sent }] of PARAMS.entries()) {
        const connectionParams = given as NonNullable<ResumableClientOptions['connectionParams']>;
        const client = startClient(t, server, { webSocketImpl, connectionParams });
        client.subscribe({ query: SUBSCRIPTION }, new ReceivedResults());
        await (await server.connection(at)).subscribed();
        assert.deepEqual(server.connections[at]?.initPayload, sent, what);
      }
    });

    test('connectionParams are asked again for each connection; when they throw, nothing is retried', async (t) => {
      const server = await startServer(t);
      let asked = 0;
      const problem = new Error('no token');
      const connectionParams = () => {
        asked += 1;
        if (asked === 3) throw problem;
        return { asked };
      };
      const client = startClient(t, server, { webSocketImpl, connectionParams });
      const received = new ReceivedResults();
      client.subscribe({ query: SUBSCRIPTION }, received);
      for (const n of [0, 1]) {
        const connection = await server.connection(n);
        await connection.subscribed();
        assert.equal(connection.initPayload?.['asked'], n + 1);
        connection.drop();
      }
      await eventually(() => received.ended);
      assert.deepEqual(received.errors, [problem]);
    });

    test('events of `on` fire, given as an option or later, with graphql-ws arguments', async (t) => {
      const server = await startServer(t);
      const early: string[] = [];
      const late: string[] = [];
      const listen = (log: string[]): NonNullable<ResumableClientOptions['on']> => ({
        connecting: (isRetry) => log.push(`connecting ${isRetry}`),
        opened: () => log.push('opened'),
        connected: (_socket, _payload, wasRetry) => log.push(`connected ${wasRetry}`),
        ping: (received) => log.push(`ping ${received}`),
        pong: (received) => log.push(`pong ${received}`),
        message: ({ type }) => log.push(`message ${type}`),
        closed: (event) => log.push(`closed ${(event as { code: number }).code}`),
      });
      const client = startClient(t, server, { webSocketImpl, on: listen(early) });
      for (const [event, listener] of Object.entries(listen(late)))
        client.on(event as 'opened', listener as () => void);
      const off = client.on('closed', () => late.push('off'));
      off();
      client.subscribe({ query: SUBSCRIPTION }, new ReceivedResults());
      const first = await server.connection(0);
      first.next((await first.subscribed()).id, 1);
      await first.settled();
      first.close(1012);
      await (await server.connection(1)).subscribed();
      const expected = [
        ...['connecting false', 'opened', 'message connection_ack', 'connected false', 'message next'],
        ...['message ping', 'ping true', 'pong false', 'closed 1012'],
        ...['connecting true', 'opened', 'message connection_ack', 'connected true'],
      ];
      assert.deepEqual(early, expected);
      assert.deepEqual(late, expected);
    });

    test("the user's generateID names the operation and is given its payload", async (t) => {
      const server = await startServer(t);
      const given: unknown[] = [];
      const generateID = (payload: unknown): string => `mine-${given.push(payload)}`;
      const client = startClient(t, server, { webSocketImpl, generateID });
      const payload = { query: SUBSCRIPTION };
      client.subscribe(payload, new ReceivedResults());
      const first = await server.connection(0);
      assert.equal((await first.subscribed()).id, 'mine-1');
      assert.equal(given[0], payload);
      first.progress({ 'mine-1': { cursor: 'c1' } });
      await first.settled();
      first.drop();
      assert.equal((await (await server.connection(1)).subscribed()).payload.extensions?.['cursor'], 'c1');
    });

    test('retryAttempts and shouldRetry can be given', async (t) => {
      const server = await startServer(t);
      await server.stop();
      let refused = 0;
      const client = startClient(t, server, { webSocketImpl, retryAttempts: 2, on: { error: () => refused++ } });
      const received = new ReceivedResults();
      client.subscribe({ query: SUBSCRIPTION }, received);
      await eventually(() => received.ended);
      assert.equal(refused, 3);
      const strict = startClient(t, server, { webSocketImpl, shouldRetry: () => false });
      const refusedAtOnce = new ReceivedResults();
      strict.subscribe({ query: SUBSCRIPTION }, refusedAtOnce);
      await eventually(() => refusedAtOnce.ended);
      assert.deepEqual([received.errors.length, refusedAtOnce.errors.length], [1, 1]);
    });

    test('the socket is lazy: it closes with 1000 after the last operation, and opens for the next', async (t) => {
      const server = await startServer(t);
      const client = startClient(t, server, { webSocketImpl });
      const stop = client.subscribe({ query: SUBSCRIPTION }, new ReceivedResults());
      const first = await server.connection(0);
      await first.subscribed();
      stop();
      await eventually(() => first.closeCode === 1000);
      client.subscribe({ query: SUBSCRIPTION }, new ReceivedResults());
      await (await server.connection(1)).subscribed();
    });

    test('dispose() completes every operation and closes with 1000', async (t) => {
      const server = await startServer(t);
      const client = startClient(t, server, { webSocketImpl });
      const sinks = [SUBSCRIPTION, 'mutation { publish }'].map((query) => {
        const received = new ReceivedResults();
        client.subscribe({ query }, received);
        return received;
      });
      const connection = await server.connection(0);
      await connection.subscribed(1);
      await client.dispose();
      await client.dispose();
      await eventually(() => sinks.every(({ completions }) => completions === 1));
      await eventually(() => connection.closeCode === 1000);
      assert.deepEqual(
        sinks.map(({ errors }) => errors),
        [[], []],
      );
      assert.equal(server.connections.length, 1);
    });

    test('dispose() during a wait or a refused connection ends it', async (t) => {
      const server = await startServer(t);
      await server.stop();
      for (const retryWait of [() => new Promise<void>(() => {}), async () => {}]) {
        let refused = 0;
        let attempts = 0;
        const on = { error: () => refused++, connecting: () => attempts++ };
        const client = startClient(t, server, { webSocketImpl, retryWait, on });
        const received = new ReceivedResults();
        client.subscribe({ query: SUBSCRIPTION }, received);
        await eventually(() => refused >= 1);
        const before = attempts;
        await client.dispose();
        assert.equal(attempts, before, 'no further attempt');
        await eventually(() => received.ended);
        assert.deepEqual([received.errors, received.completions], [[], 1]);
      }
    });

    test('terminate() resumes, and what the old socket still delivers is not delivered twice', async (t) => {
      const server = await startServer(t);
      const client: Client = startClient(t, server, { webSocketImpl });
      const received = new ReceivedResults();
      client.subscribe({ query: SUBSCRIPTION }, received);
      const first = await server.connection(0);
      const { id } = await first.subscribed();
      first.next(id, 1, { cursor: 'c1' });
      await eventually(() => received.numbers.length === 1);
      first.stopReading();
      client.terminate();
      const second = await server.connection(1);
      const again = await second.subscribed();
      assert.equal(again.payload.extensions?.['cursor'], 'c1');
      first.next(id, 2, { cursor: 'c2' });
      await second.settled();
      second.next(again.id, 2, { cursor: 'c2' });
      await second.settled();
      assert.deepEqual(received.numbers, [1, 2]);
    });
  });
}
