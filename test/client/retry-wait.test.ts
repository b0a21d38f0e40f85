import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createResumableClient } from '../../src/client/resumable-client.ts';
import { RetryWait } from '../../src/client/retry-wait.ts';
import { eventually } from '../support/eventually.ts';
import { SUBSCRIPTION, startServer } from './client-fixture.ts';
import { ReceivedResults } from './received-results.ts';

test("the client's own wait ends, and the subscription resumes", async (t) => {
  const server = await startServer(t);
  const client = createResumableClient({ url: server.url });
  t.after(() => client.dispose());
  const received = new ReceivedResults();
  client.subscribe({ query: SUBSCRIPTION }, received);
  const first = await server.connection(0);
  first.next((await first.subscribed()).id, 1, { cursor: 'c1' });
  await eventually(() => received.numbers.length === 1);
  first.drop();
  assert.equal((await (await server.connection(1)).subscribed()).payload.extensions?.['cursor'], 'c1');
});

test('a given wait that fails fails the wait; end() ends one that would never end', async () => {
  const problem = new Error('no');
  await assert.rejects(new RetryWait(async () => Promise.reject(problem)).wait(0), problem);
  const given: number[] = [];
  const waiting = new RetryWait((retries) => {
    given.push(retries);
    return new Promise(() => {});
  });
  const wait = waiting.wait(3);
  waiting.end();
  waiting.end();
  await wait;
  assert.deepEqual(given, [3]);
});
