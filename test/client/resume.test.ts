import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { SOCKETS, SUBSCRIPTION, startClient, startServer } from './client-fixture.ts';
import { ReceivedResults } from './received-results.ts';
import type { ScriptedConnection, ScriptedServer } from './scripted-server.ts';

/** How a connection can end that the client must come back from. */
const BREAKS: readonly { readonly name: string; break(connection: ScriptedConnection): void }[] = [
  { name: 'a bare 1006', break: (connection) => connection.drop() },
  { name: '1012 (drain)', break: (connection) => connection.close(1012) },
  { name: '1013 (overload)', break: (connection) => connection.close(1013) },
  { name: '1001', break: (connection) => connection.close(1001) },
  { name: '4403 (expired token)', break: (connection) => connection.close(4403) },
  { name: '1000', break: (connection) => connection.close(1000) },
];

const FATAL = [4400, 4401, 4406, 4409, 4429, 4500, 1002, 1011];

for (const { name: socketName, webSocketImpl } of SOCKETS) {
  describe(`resuming with ${socketName}`, () => {
    for (const each of BREAKS) {
      test(`P91: after ${each.name} the retry sends the cursor of the last result`, async (t) => {
        const server = await startServer(t);
        const client = startClient(t, server, { webSocketImpl });
        const received = new ReceivedResults();
        const payload = { query: SUBSCRIPTION, variables: { from: { earliest: true } }, extensions: { trace: 'x' } };
        client.subscribe(payload, received);
        const first = await server.connection(0);
        const { id, payload: sent } = await first.subscribed();
        assert.deepEqual(sent, payload);
        first.next(id, 1, { cursor: 'c1' });
        first.next(id, 2, { cursor: 'c2' });
        await eventually(() => received.numbers.length === 2);
        each.break(first);
        const second = await server.connection(1);
        const again = await second.subscribed();
        assert.deepEqual(again.payload, { ...payload, extensions: { trace: 'x', cursor: 'c2' } });
        second.next(again.id, 3, { cursor: 'c3' });
        await eventually(() => received.numbers.length === 3);
        each.break(second);
        const third = await (await server.connection(2)).subscribed();
        assert.equal(third.payload.extensions?.['cursor'], 'c3');
        assert.deepEqual(received.numbers, [1, 2, 3]);
        assert.equal(received.ended, false);
      });
    }

    test('P100: a drop before the first event resumes from the cursor of the attach ping', async (t) => {
      const server = await startServer(t);
      const client = startClient(t, server, { webSocketImpl });
      const received = new ReceivedResults();
      client.subscribe({ query: SUBSCRIPTION }, received);
      const first = await server.connection(0);
      const { id } = await first.subscribed();
      first.progress({ [id]: { cursor: 'attached' } });
      await first.settled();
      first.drop();
      const again = await (await server.connection(1)).subscribed();
      assert.deepEqual(again.payload, { query: SUBSCRIPTION, extensions: { cursor: 'attached' } });
    });

    test('P100: the later of a result and a ping counts', async (t) => {
      const server = await startServer(t);
      const client = startClient(t, server, { webSocketImpl });
      const received = new ReceivedResults();
      client.subscribe({ query: SUBSCRIPTION }, received);
      const first = await server.connection(0);
      const { id } = await first.subscribed();
      first.next(id, 1, { cursor: 'c1' });
      first.progress({ [id]: { cursor: 'c9' } });
      await first.settled();
      first.drop();
      const second = await server.connection(1);
      assert.equal((await second.subscribed()).payload.extensions?.['cursor'], 'c9');
      second.progress({ [id]: { cursor: 'c9' }, unknown: { cursor: 'x' } });
      second.next(id, 2, { cursor: 'c12' });
      await second.settled();
      second.drop();
      assert.equal((await (await server.connection(2)).subscribed()).payload.extensions?.['cursor'], 'c12');
    });

    test('every subscribe() on one socket has a cursor of its own, and a new one has none', async (t) => {
      const server = await startServer(t);
      const client = startClient(t, server, { webSocketImpl });
      const sinks = ['a', 'b', 'c'].map((name) => {
        const received = new ReceivedResults();
        client.subscribe({ query: SUBSCRIPTION, variables: { name } }, received);
        return received;
      });
      const first = await server.connection(0);
      await first.subscribed(2);
      const idOf = (connection: ScriptedConnection, name: string): string =>
        connection.subscribes.find(({ payload }) => (payload.variables as { name: string }).name === name)?.id ?? '';
      first.next(idOf(first, 'a'), 1, { cursor: 'ca' });
      first.progress({ [idOf(first, 'b')]: { cursor: 'cb' } });
      await first.settled();
      first.drop();
      const second = await server.connection(1);
      await second.subscribed(2);
      client.subscribe({ query: SUBSCRIPTION, variables: { name: 'a' } }, new ReceivedResults());
      await second.subscribed(3);
      const cursors = second.subscribes.map(({ payload }) => [
        (payload.variables as { name: string }).name,
        payload.extensions?.['cursor'],
      ]);
      assert.deepEqual(cursors.slice(0, 3).sort(), [
        ['a', 'ca'],
        ['b', 'cb'],
        ['c', undefined],
      ]);
      assert.deepEqual(cursors[3], ['a', undefined]);
      assert.equal(new Set(second.subscribes.map(({ id }) => id)).size, 4);
      assert.deepEqual(sinks[0]?.numbers, [1]);
      assert.equal(server.connections.length, 2, 'they share one socket');
    });

    test('P32: a connection refused at the start is tried again until the server is there', async (t) => {
      const server = await startServer(t);
      await server.stop();
      let refused = 0;
      const client = startClient(t, server, { webSocketImpl, on: { error: () => refused++ } });
      const received = new ReceivedResults();
      client.subscribe({ query: SUBSCRIPTION }, received);
      await eventually(() => refused >= 7);
      assert.equal(received.ended, false);
      await server.start();
      const { id } = await (await server.connection(0)).subscribed();
      (await server.connection(0)).next(id, 1);
      await eventually(() => received.numbers.length === 1);
    });

    test('P32: a server that is away for many tries is resumed on from the cursor', async (t) => {
      const server = await startServer(t);
      let refused = 0;
      const client = startClient(t, server, { webSocketImpl, on: { error: () => refused++ } });
      const received = new ReceivedResults();
      client.subscribe({ query: SUBSCRIPTION }, received);
      const first = await server.connection(0);
      first.next((await first.subscribed()).id, 1, { cursor: 'c1' });
      await eventually(() => received.numbers.length === 1);
      await server.stop();
      await eventually(() => refused >= 7);
      await server.start();
      assert.equal((await (await server.connection(1)).subscribed()).payload.extensions?.['cursor'], 'c1');
      assert.equal(received.ended, false);
    });

    for (const code of FATAL) {
      test(`P31: ${code} is not retried; the sink gets the close`, async (t) => {
        const server = await startServer(t);
        const client = startClient(t, server, { webSocketImpl, retryWait: async () => {} });
        const received = new ReceivedResults();
        client.subscribe({ query: SUBSCRIPTION }, received);
        const first = await server.connection(0);
        first.next((await first.subscribed()).id, 1, { cursor: 'c1' });
        await eventually(() => received.numbers.length === 1);
        first.close(code);
        await eventually(() => received.ended);
        assert.equal((received.errors[0] as { code: number }).code, code);
        // A client that did retry would have connected before this one.
        startClient(t, server).subscribe({ query: SUBSCRIPTION }, new ReceivedResults());
        await (await server.connection(1)).subscribed();
        assert.equal((await (await server.connection(1)).subscribed()).payload.extensions, undefined);
        assert.equal(server.connections.length, 2);
      });
    }

    test('a subscription that ended, or was left, is not sent again', async (t) => {
      const server = await startServer(t);
      const client = startClient(t, server, { webSocketImpl });
      const sinks = Array.from({ length: 4 }, () => new ReceivedResults());
      const stops = sinks.map((sink, n) => client.subscribe({ query: SUBSCRIPTION, variables: { n } }, sink));
      const first = await server.connection(0);
      await first.subscribed(3);
      for (const { id } of first.subscribes) first.next(id, 1, { cursor: 'c' });
      const [completed, failed] = first.subscribes;
      first.complete(completed?.id ?? '');
      first.send({ type: 'error', id: failed?.id, payload: [{ message: 'no' }] });
      await eventually(() => sinks.filter(({ ended }) => ended).length === 2);
      stops[2]?.();
      await eventually(() => sinks[2]?.completions === 1);
      await eventually(() => first.completed.length === 1);
      first.drop();
      const second = await server.connection(1);
      await second.subscribed();
      await second.settled();
      assert.deepEqual(
        second.subscribes.map(({ payload }) => payload.variables),
        [{ n: 3 }],
      );
      assert.deepEqual(
        sinks.map(({ completions, errors }) => [completions, errors]),
        [
          [1, []],
          [0, [[{ message: 'no' }]]],
          [1, []],
          [0, []],
        ],
      );
    });

    test('leaving while the server is away ends the retries', async (t) => {
      const server = await startServer(t);
      let waits = 0;
      let proceed = (): void => {};
      const client = startClient(t, server, {
        webSocketImpl,
        retryWait: () => {
          waits += 1;
          return new Promise((resolve) => {
            proceed = resolve;
          });
        },
      });
      const received = new ReceivedResults();
      const stop = client.subscribe({ query: SUBSCRIPTION }, received);
      await (await server.connection(0)).subscribed();
      (await server.connection(0)).drop();
      await eventually(() => waits === 1);
      stop();
      stop();
      await eventually(() => received.completions === 1);
      proceed();
      await neverConnectsAgain(server, 1);
      assert.equal(received.completions, 1);
      assert.equal(waits, 1);
    });
  });
}

/** A whole exchange with another client passes without a further connection of the first. */
async function neverConnectsAgain(server: ScriptedServer, connections: number): Promise<void> {
  const probe = new WebSocket(server.url, 'graphql-transport-ws');
  await new Promise((resolve) => probe.addEventListener('open', resolve));
  await server.connection(connections);
  probe.close();
  await eventually(() => server.connections[connections]?.closeCode !== undefined);
  assert.equal(server.connections.length, connections + 1);
}
