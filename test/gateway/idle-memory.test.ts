import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { after, before, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, startTestGateway } from './running-gateway.ts';

/**
 * What the heap may hold for one idle subscriber, in bytes. It is about 880; a Map for each costs 200 more, a closure and its
 * context 120. What uWebSockets.js itself holds is outside of the heap.
 */
const MAX_BYTES = 1_020;

const WARM_UP = 500;
const COUNT = 5_000;
const CLIENTS = new URL('idle-clients.ts', import.meta.url).pathname;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let gateway: RunningGateway;
let clients: ChildProcess[] = [];
before(async () => {
  gateway = await startTestGateway();
});
after(async () => {
  for (const child of clients) child.kill('SIGKILL');
  clients = [];
  await gateway.stop();
});

/** Subscriptions that are open, as the operators see them. */
async function subscriptions(): Promise<number> {
  const { body } = await gateway.admin('/metrics');
  let count = 0;
  for (const [, value] of body.matchAll(/^sluice_subscriptions\{.*\} (\d+)$/gm)) count += Number(value);
  return count;
}

async function subscribe(count: number): Promise<void> {
  const expected = (await subscriptions()) + count;
  const query = 'subscription { quake(network: "us") { id magnitude place time } }';
  const { port } = new URL(gateway.url);
  const args = ['--disable-warning=TimeoutNegativeWarning', CLIENTS, port, String(count), query];
  clients.push(spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'inherit'] }));
  await eventually(async () => (await subscriptions()) === expected, {
    deadlineMs: 180_000,
    what: `${expected} subscriptions`,
  });
}

function heapBytes(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

it(`an idle subscribed connection holds at most ${MAX_BYTES} bytes of heap`, async (test) => {
  await subscribe(WARM_UP);
  const before = heapBytes();
  await subscribe(COUNT);
  const bytes = (heapBytes() - before) / COUNT;
  test.diagnostic(`${Math.round(bytes)} bytes`);
  assert.ok(bytes <= MAX_BYTES, `${Math.round(bytes)} bytes`);
});
