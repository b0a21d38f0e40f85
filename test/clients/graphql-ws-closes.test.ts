import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { type Client, type ClientOptions, createClient } from 'graphql-ws';
import * as disconnects from '../../src/protocol/disconnect.ts';
import { eventually } from '../support/eventually.ts';
import { type ClosingScript, closingSockets } from './closing-socket.ts';

/** Codes after which the stock client gives up at once, and those after which it comes back. */
const FATAL = [4400, 4401, 4406, 4409, 4429, 4500, 1002, 1003, 1007, 1008, 1009, 1010, 1011];
const RETRIED = [1001, 1005, 1006, 1012, 1013, 1014, 4403, 4408, 4499, 4504];

interface Tried {
  readonly client: Client;
  opened(): number;
  /** What ended the subscription, once something has. */
  failure(): unknown;
}

function subscribeOnce(script: ClosingScript, options: Partial<ClientOptions> = {}): Tried {
  const sockets = closingSockets(script);
  const client = createClient({ url: 'ws://gateway.example', webSocketImpl: sockets.implementation, ...options });
  let failure: unknown;
  client.subscribe(
    { query: 'subscription { n }' },
    {
      next() {},
      error: (error) => {
        failure = error;
      },
      complete() {},
    },
  );
  return { client, opened: sockets.opened, failure: () => failure };
}

const codeOf = (failure: unknown): unknown => (failure as { code?: unknown }).code;

/** The waits that are asked of `setTimeout` from now on; each is over at once. */
function recordWaits(test: { mock: { method: typeof import('node:test').mock.method } }): number[] {
  const waits: number[] = [];
  test.mock.method(globalThis, 'setTimeout', ((run: () => void, delay: number) => {
    waits.push(delay);
    return setImmediate(run);
  }) as unknown as typeof setTimeout);
  return waits;
}

describe('what the client of graphql-ws does at a close', () => {
  for (const code of FATAL) {
    test(`P31: after ${code} it never comes back, and the sink gets the close`, async () => {
      const tried = subscribeOnce({ acknowledge: true, end: code }, { retryWait: () => Promise.resolve() });
      await eventually(tried.failure, { what: 'the failure' });
      assert.equal(codeOf(tried.failure()), code);
      for (let count = 0; count < 20; count += 1) await turn();
      assert.equal(tried.opened(), 1);
    });
  }

  for (const code of RETRIED) {
    test(`P32: after ${code} it tries 5 times again, with longer and longer waits, then gives up`, async (context) => {
      const waits = recordWaits(context);
      const tried = subscribeOnce({ acknowledge: false, end: code });
      while (tried.failure() === undefined) await turn();
      context.mock.restoreAll();
      assert.equal(codeOf(tried.failure()), code);
      assert.equal(tried.opened(), 6);
      assert.equal(waits.length, 5);
      for (const [index, wait] of waits.entries()) {
        assert.ok(wait >= 2 ** index * 1_000 + 300 && wait < 2 ** index * 1_000 + 3_000, `${index}: ${wait}`);
      }
      const total = waits.reduce((sum, wait) => sum + wait, 0);
      assert.ok(total >= 32_000 && total <= 46_000, `${total} ms`);
    });
  }

  test('P32: an error event of the WebSocket before the close is fatal, unless shouldRetry says otherwise', async () => {
    const fatal = subscribeOnce({ acknowledge: true, end: 'error' }, { retryWait: () => Promise.resolve() });
    await eventually(fatal.failure, { what: 'the failure' });
    assert.deepEqual(fatal.failure(), { type: 'error' });
    assert.equal(fatal.opened(), 1);
    const insisting = subscribeOnce(
      { acknowledge: false, end: 'error' },
      { retryWait: () => Promise.resolve(), shouldRetry: () => true },
    );
    await eventually(insisting.failure, { what: 'the failure after all tries' });
    assert.equal(insisting.opened(), 6);
  });

  test('P33: after 1000 with a live subscription it comes back without a wait and without a limit', async () => {
    let waits = 0;
    const retryWait = (): Promise<void> => {
      waits += 1;
      return Promise.resolve();
    };
    const tried = subscribeOnce({ acknowledge: true, end: 1000 }, { retryWait, retryAttempts: 1 });
    await eventually(() => tried.opened() >= 300, { what: '300 connections' });
    assert.equal(waits, 0);
    assert.equal(tried.failure(), undefined);
    await tried.client.dispose();
  });
});

describe('the codes that the server closes with', () => {
  const codes = Object.values(disconnects).flatMap((value) =>
    typeof value === 'object' && 'code' in value ? [value.code as number] : [],
  );
  const made = [disconnects.badRequest('x'), disconnects.subscriberExists('x')].map(({ code }) => code as number);
  const all = [...codes, ...made];

  test('P31, P34: a client gives up only where it is at fault, or a bug of ours is', () => {
    const fatal = [...new Set(all.filter((code) => FATAL.includes(code)))].sort((a, b) => a - b);
    assert.deepEqual(fatal, [4400, 4401, 4406, 4409, 4429, 4500]);
  });

  test('P32, P34: after a drain, overload and a late init it comes back', () => {
    const retried = [...new Set(all.filter((code) => RETRIED.includes(code)))].sort((a, b) => a - b);
    assert.deepEqual(retried, [1012, 1013, 4408]);
  });

  test('P33: 1000 is not among them, nor any code that the client was not seen to answer', () => {
    assert.ok(all.length >= 10);
    assert.deepEqual(
      all.filter((code) => !FATAL.includes(code) && !RETRIED.includes(code)),
      [],
    );
  });
});
