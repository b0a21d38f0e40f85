import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { SOCKETS, SUBSCRIPTION, startClient, startServer } from './client-fixture.ts';
import { ReceivedResults } from './received-results.ts';

for (const { name, webSocketImpl } of SOCKETS) {
  describe(`queries and mutations with ${name}`, () => {
    for (const query of ['mutation { publish }', '{ n }', 'mutation A { a } subscription B { b }']) {
      for (const beside of [false, true]) {
        test(`${query} is not sent again ${beside ? 'beside a subscription that is' : 'after a break'}`, async (t) => {
          const server = await startServer(t);
          const client = startClient(t, server, { webSocketImpl });
          const received = new ReceivedResults();
          const subscription = new ReceivedResults();
          client.subscribe({ query, extensions: { cursor: 'mine' } }, received);
          if (beside) client.subscribe({ query: SUBSCRIPTION }, subscription);
          const first = await server.connection(0);
          await first.subscribed(beside ? 1 : 0);
          const sent = first.subscribes.find(({ payload }) => payload.query === query);
          assert.deepEqual(sent?.payload, { query, extensions: { cursor: 'mine' } });
          first.drop();
          await eventually(() => received.ended);
          assert.equal(received.errors.length, 1);
          // The next connection carries what was asked for since, and nothing else.
          const other = new ReceivedResults();
          client.subscribe({ query: 'query Other { n }' }, other);
          const second = await server.connection(1);
          await second.subscribed(beside ? 1 : 0);
          for (const { id, payload } of second.subscribes) if (payload.query.includes('Other')) second.next(id, 7);
          await eventually(() => other.numbers.length === 1);
          assert.deepEqual(
            second.subscribes.map(({ payload }) => payload.query).sort(),
            beside ? ['query Other { n }', SUBSCRIPTION] : ['query Other { n }'],
          );
          assert.deepEqual([received.errors.length, received.completions], [1, 0]);
        });
      }
    }

    test('what was not sent yet waits for the connection', async (t) => {
      const server = await startServer(t);
      await server.stop();
      let refused = 0;
      const client = startClient(t, server, { webSocketImpl, on: { error: () => refused++ } });
      const received = new ReceivedResults();
      client.subscribe({ query: 'mutation { publish }' }, received);
      await eventually(() => refused >= 3);
      await server.start();
      const connection = await server.connection(0);
      const { id } = await connection.subscribed();
      connection.next(id, 1);
      connection.complete(id);
      await eventually(() => received.ended);
      assert.deepEqual([received.numbers, received.errors, received.completions], [[1], [], 1]);
    });

    test('the answer before the break counts; what comes of CURSOR_EXPIRED goes to the sink', async (t) => {
      const server = await startServer(t);
      const client = startClient(t, server, { webSocketImpl, onExpired: 'live' });
      const received = new ReceivedResults();
      client.subscribe({ query: 'query { nHistory(after: "x") { n } }' }, received);
      const connection = await server.connection(0);
      connection.expired((await connection.subscribed()).id, { reason: 'trimmed', oldest: 'c5' });
      await eventually(() => received.ended);
      assert.equal(received.errors.length, 1);
    });

    test('P31: after a fatal close the sink hears of it once', async (t) => {
      const server = await startServer(t);
      const client = startClient(t, server, { webSocketImpl });
      const received = new ReceivedResults();
      const subscription = new ReceivedResults();
      client.subscribe({ query: 'mutation { publish }' }, received);
      client.subscribe({ query: SUBSCRIPTION }, subscription);
      const connection = await server.connection(0);
      await connection.subscribed(1);
      connection.close(4400);
      await eventually(() => received.ended && subscription.ended);
      assert.equal((received.errors[0] as { code: number }).code, 4400);
      assert.deepEqual([received.errors.length, received.completions], [1, 0]);
    });
  });
}
