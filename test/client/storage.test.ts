import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createResumableClient } from '../../src/client/resumable-client.ts';
import { eventually } from '../support/eventually.ts';
import { MemoryStorage, SUBSCRIPTION, startClient, startServer } from './client-fixture.ts';
import { ReceivedResults } from './received-results.ts';

const PAYLOAD = { query: SUBSCRIPTION, variables: { name: 'a' } };

function storageKey(payload: { readonly variables?: unknown }): string | undefined {
  return (payload.variables as { readonly name?: string } | undefined)?.name;
}

describe('stored cursors', () => {
  test('a later client goes on where the last one was, by event or ping', async (t) => {
    const server = await startServer(t);
    const storage = new MemoryStorage();
    for (const [round, expected] of [undefined, 'c1', 'c2'].entries()) {
      const client = startClient(t, server, { storage, storageKey });
      const received = new ReceivedResults();
      client.subscribe(PAYLOAD, received);
      const connection = await server.connection(round);
      const { id, payload } = await connection.subscribed();
      assert.equal(payload.extensions?.['cursor'], expected);
      if (round === 0) connection.next(id, 1, { cursor: 'c1' });
      if (round === 1) connection.progress({ [id]: { cursor: 'c2' } });
      await connection.settled();
      await client.dispose();
      await eventually(() => received.ended);
    }
    assert.deepEqual([...storage.entries], [['a', 'c2']]);
  });

  test('an event is stored after its sink has had it, also when that unsubscribes', async (t) => {
    const server = await startServer(t);
    const storage = new MemoryStorage();
    const client = startClient(t, server, { storage, storageKey });
    const seen: unknown[] = [];
    const stop = client.subscribe(PAYLOAD, {
      next() {
        seen.push(storage.getItem('a'));
        if (seen.length === 2) stop();
      },
      error() {},
      complete() {},
    });
    const connection = await server.connection(0);
    const { id } = await connection.subscribed();
    for (const n of [1, 2, 3]) connection.next(id, n, { cursor: `c${n}` });
    await eventually(() => storage.getItem('a') === 'c2');
    assert.deepEqual(seen, [null, 'c1']);
  });

  test('a cursor that the call names wins over the stored one; without a key nothing is stored', async (t) => {
    const server = await startServer(t);
    const storage = new MemoryStorage();
    storage.setItem('a', 'stored');
    const client = startClient(t, server, { storage, storageKey });
    client.subscribe({ ...PAYLOAD, extensions: { cursor: 'named' } }, new ReceivedResults());
    client.subscribe({ query: SUBSCRIPTION }, new ReceivedResults());
    client.subscribe({ query: '{ n }', variables: { name: 'query' } }, new ReceivedResults());
    const connection = await server.connection(0);
    await connection.subscribed(2);
    assert.deepEqual(connection.subscribes.map(({ payload }) => payload.extensions?.['cursor']).sort(), [
      'named',
      undefined,
      undefined,
    ]);
    for (const { id, payload } of connection.subscribes)
      if (payload.extensions === undefined) connection.next(id, 1, { cursor: 'c1' });
    await connection.settled();
    assert.deepEqual([...storage.entries], [['a', 'stored']]);
  });

  test('CURSOR_EXPIRED removes it', async (t) => {
    const server = await startServer(t);
    const storage = new MemoryStorage();
    storage.setItem('a', 'old');
    const client = startClient(t, server, { storage, storageKey });
    const received = new ReceivedResults();
    client.subscribe(PAYLOAD, received);
    const connection = await server.connection(0);
    connection.expired((await connection.subscribed()).id, { reason: 'trimmed', oldest: 'c5' });
    await eventually(() => received.errors.length === 1);
    assert.deepEqual([...storage.entries], []);
  });

  test('a key in use is refused, and free again after the end', async (t) => {
    const server = await startServer(t);
    const client = startClient(t, server, { storage: new MemoryStorage(), storageKey });
    const first = new ReceivedResults();
    const second = new ReceivedResults();
    const stop = client.subscribe(PAYLOAD, first);
    client.subscribe(PAYLOAD, second);
    assert.equal(second.ended, false, 'not before subscribe has returned');
    await eventually(() => second.ended);
    assert.match(String(second.errors[0]), /storage key "a" is in use/);
    await (await server.connection(0)).subscribed();
    stop();
    const third = new ReceivedResults();
    client.subscribe(PAYLOAD, third);
    await (await server.connection(0)).subscribed(1);
    assert.equal(third.ended, false);
  });

  test('a storage that fails ends the subscription with its error', async (t) => {
    const server = await startServer(t);
    const problem = new Error('quota exceeded');
    const storage = new MemoryStorage();
    storage.setItem = () => {
      throw problem;
    };
    const client = startClient(t, server, { storage, storageKey });
    const received = new ReceivedResults();
    client.subscribe(PAYLOAD, received);
    const connection = await server.connection(0);
    connection.next((await connection.subscribed()).id, 1, { cursor: 'c1' });
    await eventually(() => received.ended);
    assert.deepEqual(received.numbers, [1]);
    assert.deepEqual(received.errors, [problem]);
  });

  test('storageKey without storage is refused', () => {
    assert.throws(
      () => createResumableClient({ url: 'ws://127.0.0.1:1', storageKey: () => 'a' }),
      /storageKey needs storage/,
    );
  });
});
