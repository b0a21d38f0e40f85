import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { at, batchOf, type ScriptedSubscription } from '../protocol/scripted-operations.ts';
import { eventually } from '../support/eventually.ts';
import { RawClient, RunningListener } from './running-listener.ts';

const MIB = 1_048_576;
const MAX = 1_000 * MIB;
const TEXT = 'x'.repeat(64 * 1024);

let running: RunningListener;
/** What the resident set is said to be. */
let resident: () => number;
let clients: RawClient[];

beforeEach(async () => {
  resident = () => 900 * MIB;
  clients = [];
  running = await RunningListener.start({ maxMemoryBytes: MAX, readMemory: () => resident() });
});
afterEach(async () => {
  for (const client of clients) client.terminate();
  await running.stop();
});

interface Subscribed {
  readonly client: RawClient;
  readonly subscription: ScriptedSubscription;
}

async function subscribed(): Promise<Subscribed> {
  const client = await RawClient.ready(running.webSocketUrl);
  clients.push(client);
  const before = running.operations.subscriptions.length;
  client.subscribe('1');
  await eventually(() => running.operations.subscriptions.length === before + 1);
  return { client, subscription: at(running.operations.subscriptions, -1) };
}

/** One that does not read, for whom about so many bytes wait in the process. */
async function stalled(bytes: number): Promise<Subscribed> {
  const peer = await subscribed();
  peer.client.webSocket.pause();
  const until = running.metrics.waitingBytes() + bytes;
  // The kernel takes some megabytes before anything waits in the process.
  for (let n = 0; n < 4_000 && running.metrics.waitingBytes() < until; n += 1) {
    peer.subscription.sink.next(batchOf({ data: n, text: TEXT }));
  }
  assert.ok(running.metrics.waitingBytes() >= until);
  return peer;
}

async function refused(): Promise<boolean> {
  const response = await fetch(running.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ a }"}',
  });
  await response.body?.cancel();
  return response.status === 503;
}

describe('a process whose memory is above its bound', () => {
  it('refuses HTTP requests and handshakes with 503 and Retry-After, and new operations with LIMIT_EXCEEDED, until it is below', async () => {
    const { client } = await subscribed();
    resident = () => MAX + 1;
    await eventually(refused, { what: 'a refusal' });
    const response = await fetch(running.url, { method: 'POST', body: '{}' });
    assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '1']);
    const { errors } = (await response.json()) as { errors: readonly { extensions: Record<string, unknown> }[] };
    assert.deepEqual(errors[0]?.extensions, {
      code: 'LIMIT_EXCEEDED',
      limit: 'maxMemory',
      value: MAX,
      retryAfterMs: 1_000,
    });
    const late = new RawClient(running.webSocketUrl);
    let status: number | undefined;
    late.webSocket.on('unexpected-response', (request, answer) => {
      status = answer.statusCode;
      request.destroy();
    });
    await eventually(() => status, { what: 'the answer to a handshake' });
    assert.equal(status, 503);
    const before = running.operations.requests.length;
    client.subscribe('2');
    const [answer] = await client.receive(1);
    assert.equal(answer?.type, 'error');
    assert.match(JSON.stringify(answer), /"limit":"maxMemory"/);
    assert.equal(running.operations.requests.length, before);
    assert.ok((await running.drops('memory_refused')) >= 4);
    assert.equal(await running.drops('memory_shed'), 0);
    resident = () => MAX;
    await eventually(async () => !(await refused()), { what: 'an answer' });
    client.subscribe('3');
    await eventually(() => running.operations.requests.length > before, { what: 'a new operation' });
    client.terminate();
  });

  it('P34: sheds the slowest first, with 1013 behind all that waited for it; the others lose nothing', async () => {
    const fast = await subscribed();
    const slow = await stalled(MIB);
    const slowest = await stalled(3 * MIB);
    resident = () => 900 * MIB + (slowest.subscription.disposed === 0 ? 100 * MIB + 1 : 0);
    await eventually(() => slowest.subscription.disposed === 1, { what: 'the shedding' });
    slowest.client.webSocket.resume();
    assert.equal((await slowest.client.closed()).code, 1013);
    const sent = slowest.client.texts.map((text) => (JSON.parse(text) as { payload: { data: number } }).payload.data);
    assert.deepEqual(
      sent,
      Array.from({ length: sent.length }, (_, n) => n),
    );
    assert.equal(await running.drops('memory_shed'), 1);
    assert.deepEqual([slow.subscription.disposed, fast.subscription.disposed], [0, 0]);
    slow.client.webSocket.resume();
    await eventually(() => slow.subscription.sink.writable && running.metrics.waitingBytes() === 0, {
      what: 'what waited to leave',
      deadlineMs: 60_000,
    });
    for (const { subscription, client } of [fast, slow]) {
      client.take();
      subscription.sink.next(batchOf({ data: 'fine' }));
    }
    assert.equal((await fast.client.receive(1))[0]?.type, 'next');
    assert.equal((await slow.client.receive(1))[0]?.type, 'next');
  });

  it('one that does not take what waits for it loses that, and its memory comes free; the fast one stays', async () => {
    const fast = await subscribed();
    const slow = await stalled(MIB);
    const slowest = await stalled(2 * MIB);
    resident = () => 900 * MIB + (running.metrics.waitingBytes() > 0 ? 200 * MIB : 0);
    await eventually(() => running.metrics.waitingBytes() === 0, { what: 'free memory', deadlineMs: 60_000 });
    assert.deepEqual([slow.subscription.disposed, slowest.subscription.disposed], [1, 1]);
    assert.equal(await running.drops('memory_shed'), 2);
    assert.equal(running.metrics.connections, 1);
    slow.client.webSocket.resume();
    assert.equal((await slow.client.closed()).code, 1006);
    fast.subscription.sink.next(batchOf({ data: 'fine' }));
    assert.equal((await fast.client.receive(1))[0]?.type, 'next');
  });
});
