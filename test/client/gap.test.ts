import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Gap } from '../../src/client/resumable-operation.ts';
import { eventually } from '../support/eventually.ts';
import { SOCKETS, SUBSCRIPTION, startClient, startServer } from './client-fixture.ts';
import { ReceivedResults } from './received-results.ts';

const LINK_LOST = { reason: 'link_lost', since: '2026-01-01T00:00:00.000Z' };

describe('gaps', () => {
  test('P92: a gap on an event is reported before the event', async (t) => {
    const server = await startServer(t);
    const order: unknown[] = [];
    const client = startClient(t, server, { onGap: (gap) => order.push(gap) });
    const payload = { query: SUBSCRIPTION };
    client.subscribe(payload, { next: ({ data }) => order.push(data), error() {}, complete() {} });
    const connection = await server.connection(0);
    const { id } = await connection.subscribed();
    connection.next(id, 1);
    connection.next(id, 2, { gap: LINK_LOST });
    connection.next(id, 3);
    await connection.settled();
    assert.deepEqual(order, [{ n: 1 }, { operationId: id, payload, ...LINK_LOST }, { n: 2 }, { n: 3 }]);
  });

  test('P100: a gap in a ping is reported at once, to its subscription; the event that tells it again is no second gap', async (t) => {
    const server = await startServer(t);
    const gaps: Gap[] = [];
    const client = startClient(t, server, { onGap: (gap) => gaps.push(gap) });
    client.subscribe({ query: SUBSCRIPTION, variables: { name: 'a' } }, new ReceivedResults());
    client.subscribe({ query: SUBSCRIPTION, variables: { name: 'b' } }, new ReceivedResults());
    const connection = await server.connection(0);
    await connection.subscribed(1);
    const id =
      connection.subscribes.find(({ payload }) => (payload.variables as { name: string }).name === 'b')?.id ?? '';
    connection.progress({ [id]: { gap: LINK_LOST } });
    await connection.settled();
    assert.deepEqual(gaps, [
      { operationId: id, payload: { query: SUBSCRIPTION, variables: { name: 'b' } }, ...LINK_LOST },
    ]);
    connection.next(id, 1, { gap: LINK_LOST });
    await connection.settled();
    assert.equal(gaps.length, 1);
    connection.next(id, 2, { gap: { ...LINK_LOST, reason: 'slow_subscriber' } });
    connection.next(id, 3, { gap: LINK_LOST });
    connection.next(id, 4, { gap: LINK_LOST });
    await connection.settled();
    assert.deepEqual(
      gaps.map(({ reason }) => reason),
      ['link_lost', 'slow_subscriber', 'link_lost', 'link_lost'],
    );
  });

  test('a malformed gap, cursor or ping harms nothing', async (t) => {
    const server = await startServer(t);
    const gaps: Gap[] = [];
    const client = startClient(t, server, { onGap: (gap) => gaps.push(gap) });
    const received = new ReceivedResults();
    client.subscribe({ query: SUBSCRIPTION }, received);
    const first = await server.connection(0);
    const { id } = await first.subscribed();
    first.next(id, 1, { cursor: 7, gap: 'lost' });
    first.next(id, 2, { cursor: '', gap: null });
    first.send({ type: 'ping', payload: { sluice: [1] } });
    first.send({ type: 'ping', payload: { sluice: null } });
    first.send({ type: 'ping' });
    first.progress({ [id]: 'x' });
    first.progress({ [id]: { cursor: null, gap: [] } });
    await first.settled();
    assert.deepEqual(received.numbers, [1, 2]);
    assert.deepEqual(gaps, []);
    first.drop();
    assert.equal((await (await server.connection(1)).subscribed()).payload.extensions, undefined);
  });

  for (const { name, webSocketImpl } of SOCKETS) {
    test(`a subscription without a cursor reports its own gap at each reconnect; one with a cursor none (${name})`, async (t) => {
      const server = await startServer(t);
      const gaps: Gap[] = [];
      const client = startClient(t, server, { webSocketImpl, onGap: (gap) => gaps.push(gap) });
      const start = Date.now();
      client.subscribe({ query: SUBSCRIPTION, variables: { name: 'ephemeral' } }, new ReceivedResults());
      client.subscribe({ query: SUBSCRIPTION, variables: { name: 'durable' } }, new ReceivedResults());
      for (const round of [0, 1]) {
        const connection = await server.connection(round);
        await connection.subscribed(1);
        for (const { id, payload } of connection.subscribes) {
          const { name: which } = payload.variables as { name: string };
          connection.next(id, round, which === 'durable' ? { cursor: `c${round}` } : undefined);
        }
        await connection.settled();
        assert.equal(gaps.length, round);
        connection.drop();
      }
      await (await server.connection(2)).subscribed(1);
      await eventually(() => gaps.length === 2);
      await (await server.connection(2)).settled();
      for (const { payload, reason, since } of gaps) {
        assert.deepEqual([payload.variables, reason], [{ name: 'ephemeral' }, 'reconnected']);
        assert.ok(Date.parse(since ?? '') >= start && Date.parse(since ?? '') <= Date.now());
      }
      assert.equal(gaps.length, 2);
      assert.ok((gaps[0]?.since ?? '') <= (gaps[1]?.since ?? ''));
    });
  }

  test('onGap may unsubscribe', async (t) => {
    const server = await startServer(t);
    const received = new ReceivedResults();
    const client = startClient(t, server, { onGap: () => stop() });
    const stop = client.subscribe({ query: SUBSCRIPTION }, received);
    const other = new ReceivedResults();
    client.subscribe({ query: SUBSCRIPTION, extensions: { cursor: 'c' } }, other);
    const first = await server.connection(0);
    await first.subscribed(1);
    first.drop();
    const second = await server.connection(1);
    await second.subscribed(1);
    const left = second.subscribes.find(({ payload }) => payload.extensions === undefined)?.id;
    await eventually(() => received.completions === 1);
    await eventually(() => second.completed.length === 1);
    assert.deepEqual(second.completed, [left], 'the server hears of it');
    assert.equal(other.ended, false);
  });

  test('an onGap that throws ends its subscription with what it threw, and no other', async (t) => {
    const server = await startServer(t);
    const problem = new Error('from onGap');
    const received = new ReceivedResults();
    const other = new ReceivedResults();
    const client = startClient(t, server, {
      onGap: () => {
        throw problem;
      },
    });
    client.subscribe({ query: SUBSCRIPTION, variables: { name: 'a' } }, received);
    client.subscribe({ query: SUBSCRIPTION, variables: { name: 'b' } }, other);
    const connection = await server.connection(0);
    await connection.subscribed(1);
    const [first, second] = connection.subscribes;
    connection.next(first?.id ?? '', 1, { gap: LINK_LOST });
    connection.next(second?.id ?? '', 2);
    await eventually(() => other.numbers.length === 1);
    assert.deepEqual(received.errors, [problem]);
    assert.deepEqual(received.numbers, []);
    assert.equal(other.ended, false);
  });
});
