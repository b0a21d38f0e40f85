import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { type Child, runSluice, type Served, serveChild, startSluice } from './child.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder();
const event = (room: string, id: string): string =>
  JSON.stringify({ id, room, author: 'Ada', text: 'Hello', sentAt: '2026-01-01T12:00:00Z' });

async function serve(t: TestContext, words: readonly string[] = []): Promise<Served> {
  const served = await serveChild(`${folder}/data`, words);
  t.after(() => served.stop());
  return served;
}

function subscribe(t: TestContext, url: string, ...words: string[]): Child {
  const child = startSluice(['subscribe', ...words, '--url', url]);
  t.after(() => child.process.kill());
  return child;
}

/** Publishes until the subscriber has printed more than it had. */
async function publishUntilSeen(url: string, child: Child, json: string): Promise<void> {
  const length = child.stdout().length;
  await eventually(
    async () => {
      if (child.stdout().length > length) return true;
      await runSluice(['publish', 'ChatMessage', json, '--url', url]);
      return child.stdout().length > length;
    },
    { deadlineMs: 120_000, what: 'the subscriber printing an event' },
  );
}

test('events are printed one JSON object a line, and --count ends it with 0', async (t) => {
  const { url } = await serve(t);
  const query = 'subscription ($room: String!) { chatMessage(room: $room) { id text } }';
  const child = subscribe(t, url, query, '--variables', '{"room":"lobby"}', '--count', '1');
  await publishUntilSeen(url, child, event('lobby', 'a'));
  assert.equal(await child.exit, 0);
  assert.equal(child.stdout(), '{"data":{"chatMessage":{"id":"a","text":"Hello"}}}\n');
});

test('SIGINT ends it: with 0, or with 1 when a count was not reached', async (t) => {
  const { url } = await serve(t);
  for (const [words, code] of [
    [[], 0],
    [['--count', '1000000'], 1],
  ] as const) {
    const child = subscribe(t, url, 'subscription { chatMessage { id } }', ...words);
    await publishUntilSeen(url, child, event('lobby', 'a'));
    child.process.kill('SIGINT');
    assert.equal(await child.exit, code, child.stderr());
  }
});

test('a refused subscription shows the code and the message of the server; code 1', async (t) => {
  const { url } = await serve(t);
  const { code, stdout, stderr } = await runSluice(['subscribe', 'subscription { quak { id } }', '--url', url]);
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /^GRAPHQL_VALIDATION_FAILED: .*quak/);
});

test('where nothing answers, the message says how to start or name the gateway; code 1', async () => {
  const { code, stderr } = await runSluice(['subscribe', 'subscription { a }', '--url', 'http://127.0.0.1:1/graphql']);
  assert.equal(code, 1);
  assert.match(stderr, /^Nothing answers at http:\/\/127\.0\.0\.1:1\/graphql.*npm start.*--url/);
});

test('text that is no subscription is usage, and nothing is sent', async () => {
  const { code, stderr } = await runSluice(['subscribe', '{ topics { name } }', '--url', 'http://127.0.0.1:1/graphql']);
  assert.equal(code, 2);
  assert.match(stderr, /the text is a query, not a subscription/);
});

test('P32, P34: after a restart of the gateway it connects again, says so, and prints on', async (t) => {
  const port = String(await freePort());
  const first = await serve(t, ['--port', port]);
  const child = subscribe(t, first.url, 'subscription { chatMessage { id } }');
  await publishUntilSeen(first.url, child, event('lobby', 'a'));
  await first.stop();
  await eventually(() => child.stderr().includes('connecting again'), { what: 'the notice of the loss' });
  const second = await serve(t, ['--port', port]);
  await eventually(() => child.stderr().includes('Connected again'), {
    deadlineMs: 60_000,
    what: 'the notice of the return',
  });
  await publishUntilSeen(second.url, child, event('lobby', 'b'));
  assert.match(child.stdout(), /"id":"b"/);
  child.process.kill('SIGINT');
  assert.equal(await child.exit, 0);
});
