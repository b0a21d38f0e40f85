import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ITERATE_QUEUE_LIMIT } from '../../src/client/iterate-results.ts';
import type { Gap } from '../../src/client/resumable-operation.ts';
import { eventually } from '../support/eventually.ts';
import { MemoryStorage, SUBSCRIPTION, startClient, startServer } from './client-fixture.ts';

interface Numbered {
  readonly n: number;
}

describe('iterate()', () => {
  test('yields over reconnects, and ends when the server completes', async (t) => {
    const server = await startServer(t);
    const client = startClient(t, server);
    const results = client.iterate<Numbered>({ query: SUBSCRIPTION });
    const first = await server.connection(0);
    first.next((await first.subscribed()).id, 1, { cursor: 'c1' });
    assert.deepEqual(await results.next(), { done: false, value: { data: { n: 1 }, extensions: { cursor: 'c1' } } });
    first.drop();
    const second = await server.connection(1);
    const { id, payload } = await second.subscribed();
    assert.equal(payload.extensions?.['cursor'], 'c1');
    second.next(id, 2);
    second.complete(id);
    assert.equal((await results.next()).value?.data?.n, 2);
    assert.deepEqual(await results.next(), { done: true, value: undefined });
  });

  test('throws the error after what came before it', async (t) => {
    const server = await startServer(t);
    const results = startClient(t, server).iterate<Numbered>({ query: SUBSCRIPTION });
    const connection = await server.connection(0);
    const { id } = await connection.subscribed();
    connection.next(id, 1);
    connection.send({ type: 'error', id, payload: [{ message: 'no' }] });
    await connection.settled();
    assert.equal((await results.next()).value?.data?.n, 1);
    await assert.rejects(results.next(), (error) => (error as { message: string }[])[0]?.message === 'no');
    assert.equal((await results.next()).done, true);
  });

  test('break ends the subscription, also while it waits', async (t) => {
    const server = await startServer(t);
    const client = startClient(t, server, { lazy: false });
    const waiting = client.iterate<Numbered>({ query: SUBSCRIPTION });
    const connection = await server.connection(0);
    await connection.subscribed();
    const pending = waiting.next();
    await waiting.return?.();
    assert.equal((await pending).done, true);
    await eventually(() => connection.completed.length === 1);
    const results = client.iterate<Numbered>({ query: SUBSCRIPTION });
    const { id } = await connection.subscribed(1);
    connection.next(id, 1);
    for await (const result of results) {
      assert.equal(result.data?.n, 1);
      break;
    }
    await eventually(() => connection.completed.length === 2);
  });

  test('a stored cursor moves when the reader asks for what comes after, a ping included', async (t) => {
    const server = await startServer(t);
    const storage = new MemoryStorage();
    const client = startClient(t, server, { storage, storageKey: () => 'k' });
    const results = client.iterate<Numbered>({ query: SUBSCRIPTION });
    const connection = await server.connection(0);
    const { id } = await connection.subscribed();
    connection.next(id, 1, { cursor: 'c1' });
    connection.next(id, 2, { cursor: 'c2' });
    connection.progress({ [id]: { cursor: 'c3' } });
    connection.progress({ [id]: { cursor: 'c4' } });
    await connection.settled();
    const stored: unknown[] = [];
    for (const n of [1, 2]) {
      assert.equal((await results.next()).value?.data?.n, n);
      stored.push(storage.getItem('k'));
    }
    assert.deepEqual(stored, [null, 'c1']);
    const pending = results.next();
    await eventually(() => storage.getItem('k') === 'c4');
    await results.return?.();
    await pending;
  });

  test('a slow reader with a cursor leaves, and resumes when it has caught up: nothing is lost or doubled', async (t) => {
    const server = await startServer(t);
    const gaps: Gap[] = [];
    const client = startClient(t, server, { lazy: false, onGap: (gap) => gaps.push(gap) });
    const results = client.iterate<Numbered>({ query: SUBSCRIPTION });
    const connection = await server.connection(0);
    const { id } = await connection.subscribed();
    for (let n = 1; n <= ITERATE_QUEUE_LIMIT + 5; n++) connection.next(id, n, { cursor: `c${n}` });
    await eventually(() => connection.completed.length === 1);
    for (let n = 1; n <= ITERATE_QUEUE_LIMIT; n++) assert.equal((await results.next()).value?.data?.n, n);
    const next = results.next();
    const again = await connection.subscribed(1);
    assert.equal(again.payload.extensions?.['cursor'], `c${ITERATE_QUEUE_LIMIT}`);
    connection.next(again.id, ITERATE_QUEUE_LIMIT + 1, { cursor: 'x' });
    assert.equal((await next).value?.data?.n, ITERATE_QUEUE_LIMIT + 1);
    assert.deepEqual(gaps, []);
  });

  test('dispose() ends a reader that has left for a while', async (t) => {
    const server = await startServer(t);
    const client = startClient(t, server, { lazy: false });
    const results = client.iterate<Numbered>({ query: SUBSCRIPTION });
    const connection = await server.connection(0);
    const { id } = await connection.subscribed();
    for (let n = 1; n <= ITERATE_QUEUE_LIMIT; n++) connection.next(id, n, { cursor: `c${n}` });
    await eventually(() => connection.completed.length === 1);
    await client.dispose();
    await eventually(() => connection.closeCode === 1000);
    let read = 0;
    for await (const _ of results) read += 1;
    assert.equal(read, ITERATE_QUEUE_LIMIT);
    assert.deepEqual([server.connections.length, connection.subscribes.length], [1, 1]);
  });

  test('a slow reader without a cursor loses the newest, and hears of it', async (t) => {
    const server = await startServer(t);
    const gaps: Gap[] = [];
    const client = startClient(t, server, { onGap: (gap) => gaps.push(gap) });
    const results = client.iterate<Numbered>({ query: SUBSCRIPTION });
    const connection = await server.connection(0);
    const { id } = await connection.subscribed();
    for (let n = 1; n <= ITERATE_QUEUE_LIMIT + 5; n++) connection.next(id, n);
    await connection.settled();
    assert.deepEqual(
      gaps.map(({ reason }) => reason),
      ['slow_consumer'],
    );
    for (let n = 1; n <= ITERATE_QUEUE_LIMIT; n++) assert.equal((await results.next()).value?.data?.n, n);
    connection.next(id, 9_999);
    assert.equal((await results.next()).value?.data?.n, 9_999);
    await results.return?.();
  });
});
