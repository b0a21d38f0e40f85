import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type Client, createClient } from 'graphql-ws';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { ROOT, runSluice, type Served, serveChild, startChild } from './child.ts';
import { temporaryFolder } from './temporary-folder.ts';

const QUAKES = `${ROOT}examples/earthquakes/data/earthquakes.jsonl`;
const WARM_UP =
  '{"id":"warm-up","network":"us","magnitude":1,"time":1,"updated":1,"status":"reviewed","tsunami":false,"significance":1}';

interface Quake {
  readonly id: string;
  readonly network: string;
}

const folder = temporaryFolder();
let served: Served;
let client: Client;
before(async () => {
  served = await serveChild(`${folder}/data`);
  client = createClient({ url: served.url.replace('http', 'ws'), retryAttempts: 0 });
});
after(async () => {
  await client?.dispose();
  await served?.stop();
});

/** Subscribes with the stock client; resolves when events come through. The list grows as they come. */
async function listen(): Promise<readonly Quake[]> {
  const quakes: Quake[] = [];
  let warm = false;
  client.subscribe<{ quake: Quake }>(
    { query: 'subscription { quake { id network } }' },
    {
      next: ({ data, errors }) => {
        assert.equal(errors, undefined);
        if (data?.quake.id === 'warm-up') warm = true;
        else if (data) quakes.push(data.quake);
      },
      error: (error) => assert.fail(JSON.stringify(error)),
      complete: () => {},
    },
  );
  await eventually(
    async () => {
      if (!warm) await runSluice(['publish', 'Quake', WARM_UP, '--url', served.url]);
      return warm;
    },
    { deadlineMs: 120_000, what: 'the subscription being attached' },
  );
  return quakes;
}

function byNetwork(quakes: readonly Quake[]): Record<string, readonly string[]> {
  return Object.fromEntries(
    [...Map.groupBy(quakes, ({ network }) => network)].map(([name, list]) => [name, list.map(({ id }) => id)]),
  );
}

test('all 1,707 earthquakes are acknowledged, and arrive in order per network', async () => {
  const received = await listen();
  const publisher = startChild(`${ROOT}sluice`, ['publish', 'Quake', '--file', QUAKES, '--url', served.url]);
  assert.equal(await publisher.exit, 0, publisher.stderr());
  assert.equal(publisher.stdout(), '1,707 acknowledged, 0 rejected, 0 unavailable, 0 unknown\n');
  const sent = readFileSync(QUAKES, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Quake);
  await eventually(() => received.length >= sent.length, { deadlineMs: 60_000, what: '1,707 events' });
  assert.deepEqual(byNetwork(received), byNetwork(sent.map(({ id, network }) => ({ id, network }))));
});

test('a bad line is reported with file and line, and the rest goes on; the code says that not all was acknowledged', async () => {
  const misfit = WARM_UP.replace('"magnitude":1', '"magnitude":"strong"');
  writeFileSync(`${folder}/mixed.jsonl`, [WARM_UP, '{"id":', '', misfit, '[]', WARM_UP].join('\n'));
  const { code, stdout, stderr } = await runSluice(['publish', 'Quake', '--file', 'mixed.jsonl', '--url', served.url], {
    folder,
  });
  assert.equal(code, 1);
  assert.equal(stdout, '2 acknowledged, 3 rejected, 0 unavailable, 0 unknown\n');
  assert.match(stderr, /^mixed\.jsonl:2 {2}rejected \(BAD_LINE\): not JSON/m);
  assert.match(stderr, /^mixed\.jsonl:4 {2}rejected \(BAD_USER_INPUT\): .*magnitude/m);
  assert.match(stderr, /^mixed\.jsonl:5 {2}rejected \(BAD_LINE\): an event is a JSON object/m);
});

test('--json prints one receipt a line; --file - reads standard input; the count goes to stderr', async () => {
  const words = ['publish', 'Quake', '--file', '-', '--json', '--url', served.url];
  const { code, stdout, stderr } = await runSluice(words, { input: `${WARM_UP}\nnonsense\n${WARM_UP}\n` });
  assert.equal(code, 1);
  const outcomes = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const sorted = outcomes.sort((one, other) => Number(one['line']) - Number(other['line']));
  assert.deepEqual(
    sorted.map(({ line, outcome }) => [line, outcome]),
    [
      [1, 'acknowledged'],
      [2, 'rejected'],
      [3, 'acknowledged'],
    ],
  );
  const receipt = sorted[0]?.['receipt'] as Record<string, unknown>;
  assert.deepEqual([receipt['topic'], receipt['delivery']], ['quakes.{network}', 'DURABLE']);
  assert.equal(stderr, '2 acknowledged, 1 rejected, 0 unavailable, 0 unknown\n');
});

test('an integer id beyond 2^53 arrives exactly', async () => {
  const received = await listen();
  const event = WARM_UP.replace('"warm-up"', '9007199254740993');
  const { code } = await runSluice(['publish', 'Quake', event, '--url', served.url]);
  assert.equal(code, 0);
  await eventually(() => received.some(({ id }) => id === '9007199254740993'));
});

test('--rate and --batch publish everything', async () => {
  const words = ['publish', 'Quake', '--file', '-', '--rate', '200', '--batch', '2', '--url', served.url];
  const { code, stdout } = await runSluice(words, { input: `${WARM_UP}\n`.repeat(9) });
  assert.deepEqual([code, stdout], [0, '9 acknowledged, 0 rejected, 0 unavailable, 0 unknown\n']);
});

test('an unknown type names what can be published', async () => {
  const { code, stderr } = await runSluice(['publish', 'Quak', '{}', '--url', served.url]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^Quak cannot be published at .*\. Did you mean Quake\? What can be published: Quake, Departure, ChatMessage\.\n$/,
  );
});

test('a file that is not there, or holds nothing, is no success', async () => {
  const gone = await runSluice(['publish', 'Quake', '--file', 'gone.jsonl', '--url', served.url], { folder });
  assert.equal(gone.code, 1);
  assert.match(gone.stderr, /gone\.jsonl cannot be read: ENOENT/);
  const empty = await runSluice(['publish', 'Quake', '--file', '-', '--url', served.url]);
  assert.deepEqual([empty.code, empty.stdout], [1, '0 acknowledged, 0 rejected, 0 unavailable, 0 unknown\n']);
});

test('where nothing answers, the message says how to start or name the gateway', async () => {
  const { code, stderr } = await runSluice([
    'publish',
    'Quake',
    WARM_UP,
    '--url',
    `http://127.0.0.1:${await freePort()}/graphql`,
  ]);
  assert.equal(code, 1);
  assert.match(stderr, /^Nothing answers at http:\/\/127\.0\.0\.1:\d+\/graphql .*npm start.*--url/);
});
