import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ResumableClientOptions } from '../../src/client/resumable-client.ts';
import type { ExpiredCursor, Gap } from '../../src/client/resumable-operation.ts';
import { eventually } from '../support/eventually.ts';
import { SUBSCRIPTION, startClient, startServer } from './client-fixture.ts';
import { ReceivedResults } from './received-results.ts';

interface Expiry {
  readonly options: Partial<ResumableClientOptions>;
  readonly facts?: Record<string, unknown>;
}

/** Brings a subscription to the point where its cursor `c1` has expired on the second connection. */
async function expire(t: Parameters<typeof startServer>[0], { options, facts }: Expiry) {
  const server = await startServer(t);
  const gaps: Gap[] = [];
  const client = startClient(t, server, { onGap: (gap) => gaps.push(gap), ...options });
  const received = new ReceivedResults();
  const payload = { query: SUBSCRIPTION, extensions: { trace: 'x', cursor: 'c0' } };
  client.subscribe(payload, received);
  const first = await server.connection(0);
  first.next((await first.subscribed()).id, 1, { cursor: 'c1' });
  await eventually(() => received.numbers.length === 1);
  first.drop();
  const connection = await server.connection(1);
  const { id, payload: sent } = await connection.subscribed();
  assert.deepEqual(sent.extensions, { trace: 'x', cursor: 'c1' });
  connection.expired(id, { reason: 'trimmed', oldest: 'c5', ...facts });
  return { server, client, received, connection, gaps, payload, id };
}

describe('P93: CURSOR_EXPIRED', () => {
  const errorOptions: readonly Partial<ResumableClientOptions>[] = [
    {},
    { onExpired: 'error' },
    { onExpired: () => 'error' },
  ];
  for (const options of errorOptions) {
    test(`the sink gets the error with ${String(options.onExpired ?? 'nothing said')}`, async (t) => {
      const { received, gaps } = await expire(t, { options });
      await eventually(() => received.ended);
      const [error] = received.errors[0] as { extensions: unknown }[];
      assert.deepEqual(error?.extensions, { code: 'CURSOR_EXPIRED', reason: 'trimmed', oldest: 'c5' });
      assert.deepEqual(gaps, [], 'an error is no gap');
    });
  }

  test('oldest goes on from the oldest cursor, on the same connection, and reports the gap', async (t) => {
    const { server, received, connection, gaps, payload, id } = await expire(t, { options: { onExpired: 'oldest' } });
    const again = await connection.subscribed(1);
    assert.deepEqual(again.payload, { query: SUBSCRIPTION, extensions: { trace: 'x', cursor: 'c5' } });
    assert.notEqual(again.id, id);
    connection.next(again.id, 6, { cursor: 'c6' });
    await eventually(() => received.numbers.length === 2);
    assert.deepEqual(
      gaps.map(({ payload: of, reason }) => [of, reason]),
      [[payload, 'expired']],
    );
    connection.drop();
    assert.equal((await (await server.connection(2)).subscribed()).payload.extensions?.['cursor'], 'c6');
    assert.equal(received.ended, false);
  });

  test('live goes on without a cursor, and resumes from then on', async (t) => {
    const { server, received, connection, gaps } = await expire(t, { options: { onExpired: 'live' } });
    const again = await connection.subscribed(1);
    assert.deepEqual(again.payload, { query: SUBSCRIPTION, extensions: { trace: 'x' } });
    assert.deepEqual(
      gaps.map(({ reason }) => reason),
      ['expired'],
    );
    connection.progress({ [again.id]: { cursor: 'c9' } });
    await connection.settled();
    connection.drop();
    assert.equal((await (await server.connection(2)).subscribed()).payload.extensions?.['cursor'], 'c9');
    assert.equal(received.ended, false);
  });

  test('a function is told the facts and chooses', async (t) => {
    const asked: ExpiredCursor[] = [];
    const onExpired = (expired: ExpiredCursor): 'oldest' => {
      asked.push(expired);
      return 'oldest';
    };
    const { connection, payload, id } = await expire(t, { options: { onExpired } });
    await connection.subscribed(1);
    assert.deepEqual(asked, [{ operationId: id, payload, reason: 'trimmed', oldest: 'c5' }]);
  });

  test('oldest is an error when the server names none', async (t) => {
    const { received } = await expire(t, { options: { onExpired: 'oldest' }, facts: { oldest: undefined } });
    await eventually(() => received.errors.length === 1);
  });

  test('oldest gives up at the fourth expiry without an event between', async (t) => {
    const { received, connection } = await expire(t, { options: { onExpired: 'oldest' } });
    for (const n of [1, 2, 3]) {
      const { id, payload } = await connection.subscribed(n);
      assert.equal(payload.extensions?.['cursor'], n === 1 ? 'c5' : `o${n - 1}`);
      connection.expired(id, { reason: 'trimmed', oldest: `o${n}` });
    }
    await eventually(() => received.errors.length === 1);
    await eventually(() => connection.closeCode === 1000);
    assert.equal(connection.subscribes.length, 4);
  });

  test("live is an error when the operation's own `from` has expired", async (t) => {
    const server = await startServer(t);
    const client = startClient(t, server, { onExpired: 'live' });
    const received = new ReceivedResults();
    client.subscribe({ query: SUBSCRIPTION, variables: { from: { cursor: 'old' } } }, received);
    const connection = await server.connection(0);
    connection.expired((await connection.subscribed()).id, { reason: 'recreated' });
    await eventually(() => received.errors.length === 1);
    assert.equal(connection.subscribes.length, 1);
  });

  test('onExpired that throws, or answers nonsense, ends the subscription with that error', async (t) => {
    const problem = new Error('from onExpired');
    const throwing = await expire(t, {
      options: {
        onExpired: () => {
          throw problem;
        },
      },
    });
    await eventually(() => throwing.received.ended);
    assert.deepEqual(throwing.received.errors, [problem]);
    const nonsense = await expire(t, { options: { onExpired: (() => 'newest') as unknown as () => 'live' } });
    await eventually(() => nonsense.received.ended);
    assert.match(String(nonsense.received.errors[0]), /onExpired gave "newest"/);
  });

  test('any other error goes to the sink', async (t) => {
    const server = await startServer(t);
    const client = startClient(t, server, { onExpired: 'live' });
    const received = new ReceivedResults();
    client.subscribe({ query: SUBSCRIPTION, extensions: { cursor: 'c' } }, received);
    const connection = await server.connection(0);
    const { id } = await connection.subscribed();
    const errors = [{ message: 'no', extensions: { code: 'FORBIDDEN' } }];
    connection.send({ type: 'error', id, payload: errors });
    await eventually(() => received.ended);
    assert.deepEqual(received.errors, [errors]);
  });
});
