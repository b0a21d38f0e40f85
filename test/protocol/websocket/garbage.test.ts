import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RecordedConnection, settled } from './recorded-connection.ts';

const id = fc.constantFrom('a', 'b', 'c', '', '__proto__', 'x'.repeat(300), 1, null);
const query = fc.constantFrom('subscription', 'query', 'mutation', 'refuse', '', 7);

/** Messages that are right, nearly right, and nothing like a message. */
const message: fc.Arbitrary<Buffer> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record(
        {
          type: fc.constantFrom('subscribe', 'complete', 'ping', 'pong', 'connection_init', 'next', 'toString'),
          id,
          payload: fc.oneof(
            fc.record({ query, variables: fc.jsonValue() }, { requiredKeys: ['query'] }),
            fc.jsonValue(),
          ),
        },
        { requiredKeys: ['type'] },
      )
      .map((value) => Buffer.from(JSON.stringify(value))),
  },
  {
    weight: 20,
    arbitrary: fc
      .record({
        type: fc.constantFrom('subscribe', 'complete', 'ping'),
        id: fc.uuid(),
        query: fc.constantFrom('subscription', 'query'),
      })
      .map(({ type, id, query }) => Buffer.from(JSON.stringify({ type, id, payload: { query } }))),
  },
  { weight: 1, arbitrary: fc.json().map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array().map((bytes) => Buffer.from(bytes)) },
);

const CODES = [undefined, 4400, 4409, 4429];

describe('garbage', () => {
  it('2,000 messages of any kind crash nothing, close with a code of the protocol, and leak no subscription', async () => {
    let connections = 0;
    let subscriptions = 0;
    const batches = fc.sample(fc.array(message, { minLength: 20, maxLength: 20 }), { numRuns: 100, seed: 20_261_124 });
    for (const batch of batches) {
      let recorded = RecordedConnection.ready();
      for (const bytes of batch) {
        recorded.connection.receive(bytes, false);
        const code = recorded.socket.closeCode();
        assert.ok(CODES.includes(code), `${code} after ${bytes.toString()}`);
        if (code === undefined) continue;
        assert.equal(recorded.operations.open, 0);
        connections += 1;
        subscriptions += recorded.operations.subscriptions.length;
        recorded = RecordedConnection.ready();
      }
      for (const single of recorded.operations.singles) single.resolve('{"data":null}');
      await settled();
      subscriptions += recorded.operations.subscriptions.length;
      recorded.connection.closed();
      assert.equal(recorded.operations.open, 0);
      assert.equal(recorded.clock.timerCount, 0);
      assert.deepEqual(recorded.logged, []);
    }
    // The sample did reach both sides: connections that were closed, and subscriptions that had to be disposed of.
    assert.ok(connections > 50, `${connections} closed`);
    assert.ok(subscriptions > 200, `${subscriptions} subscriptions`);
  });
});
