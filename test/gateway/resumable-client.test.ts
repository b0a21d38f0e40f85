import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'graphql-ws';
import WebSocket from 'ws';
import { createResumableClient } from '../../src/client/resumable-client.ts';
import { eventually } from '../support/eventually.ts';
import { request } from '../support/graphql-client.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { type RunningGateway, startTestGateway } from './running-gateway.ts';

const SCHEMA = `
type Order @topic(name: "orders", delivery: DURABLE) { id: ID! }
type Job @topic(name: "jobs", delivery: BUFFERED, retention: "2s", maxEvents: 1000) { id: ID!  urgent: Boolean! }
type Chat @topic(name: "chat", delivery: EPHEMERAL) { text: String! }
`;

let folder: string;
let redis: RedisServer;
let gateway: RunningGateway;
let sockets: WebSocket[];
let client: Client;
let gaps: { reason: string }[];
/** Pings that told a cursor (P100). */
let progresses: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-client-'));
  await writeFile(join(folder, 'schema.graphql'), SCHEMA);
  redis = await startRedisServer();
  gateway = await startTestGateway({
    schemaFile: join(folder, 'schema.graphql'),
    dataFolder: join(folder, 'data'),
    redis: { url: redis.url },
  });
  sockets = [];
  gaps = [];
  progresses = 0;
  client = createResumableClient({
    url: gateway.url.replace(/^http/, 'ws'),
    webSocketImpl: class extends WebSocket {
      constructor(url: string, protocols?: string | string[]) {
        super(url, protocols);
        sockets.push(this);
        this.on('message', (data: Buffer) => {
          if (data.includes('"sluice"')) progresses += 1;
        });
      }
    },
    onGap: (gap) => {
      gaps.push(gap);
    },
  });
});

afterEach(async () => {
  await client.dispose();
  await gateway.stop();
  await redis.stop();
  await rm(folder, { recursive: true, force: true });
});

function follow(query: string): { readonly received: unknown[]; readonly failures: unknown[] } {
  const received: unknown[] = [];
  const failures: unknown[] = [];
  client.subscribe(
    { query },
    { next: ({ data }) => received.push(data), error: (error) => failures.push(error), complete() {} },
  );
  return { received, failures };
}

/** The connection breaks, and stays broken until the returned function is called. */
async function whileDisconnected(act: () => Promise<unknown>): Promise<void> {
  const before = sockets.length;
  sockets.at(-1)?.terminate();
  await act();
  await eventually(() => sockets.length > before, { what: 'a new connection' });
}

async function publish(mutation: string): Promise<void> {
  const result = await request(gateway.url, `mutation { ${mutation} { publishedAt } }`);
  assert.equal(result.errors, undefined, JSON.stringify(result.errors));
}

describe('Resumable client against the gateway', () => {
  test('an event published while a client that has never received one is disconnected is delivered after its reconnect', async () => {
    const { received, failures } = follow('subscription { order { id } }');
    await eventually(() => progresses === 1, { what: 'the cursor of the attached subscription' });
    await whileDisconnected(() => publish('publishOrder(event: { id: "missed" })'));
    await eventually(() => received.length > 0, { what: 'the event that was missed' });
    await publish('publishOrder(event: { id: "live" })');
    await eventually(() => received.length > 1);
    assert.deepEqual(received, [{ order: { id: 'missed' } }, { order: { id: 'live' } }]);
    assert.deepEqual(failures, []);
    assert.deepEqual(gaps, []);
  });

  test('a filter that matched nothing for longer than the retention resumes without CURSOR_EXPIRED', async () => {
    const { received, failures } = follow('subscription { job(where: { urgent: { eq: true } }) { id } }');
    await eventually(() => progresses === 1, { what: 'the cursor of the attached subscription' });
    // The retention is two seconds, a keep-alive comes every ten: the first events are long gone when it does.
    for (let count = 0; progresses === 1; count += 1) {
      await publish(`publishJob(event: { id: "${count}", urgent: false })`);
      await pause(100);
    }
    assert.ok(Number(await redis.cli('XLEN', 'jobs')) < 60, 'the stream was trimmed');
    await whileDisconnected(() => publish('publishJob(event: { id: "at last", urgent: true })'));
    await eventually(() => received.length > 0 || failures.length > 0);
    assert.deepEqual(failures, []);
    assert.deepEqual(received, [{ job: { id: 'at last' } }]);
  });

  test('P92: on a topic that keeps nothing the client reports the gap of its own reconnect', async () => {
    const { received } = follow('subscription { chat { text } }');
    await eventually(async () => {
      await publish('publishChat(event: { text: "before" })');
      return received.length > 0;
    });
    await whileDisconnected(() => publish('publishChat(event: { text: "lost" })'));
    await eventually(async () => {
      await publish('publishChat(event: { text: "after" })');
      return received.some((data) => JSON.stringify(data).includes('after'));
    });
    assert.ok(!JSON.stringify(received).includes('lost'));
    assert.deepEqual(
      gaps.map((gap) => gap.reason),
      ['reconnected'],
    );
  });
});
