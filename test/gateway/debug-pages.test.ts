import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { DebugReport } from '../../src/admin/debug-report.ts';
import { earthquakes } from '../support/earthquakes.ts';
import { eventually } from '../support/eventually.ts';
import { request } from '../support/graphql-client.ts';
import { MultiplexedClient } from '../support/multiplexed-client.ts';
import { publishQuakes } from './publish-quakes.ts';
import { type RunningGateway, startTestGateway } from './running-gateway.ts';

const CHAT = 'mutation ($events: [ChatMessageInput!]!) { publishChatMessageBatch(events: $events) { __typename } }';

describe('the debug pages of a running gateway', () => {
  let gateway: RunningGateway;
  const clients: MultiplexedClient[] = [];
  let streaming: AbortController;

  before(async () => {
    gateway = await startTestGateway();
    streaming = new AbortController();
    for (let number = 0; number < 3; number += 1) clients.push(await MultiplexedClient.connect(gateway.url));
    clients[0]?.subscribe('subscription { quake(network: "us") { id } }');
    clients[1]?.subscribe('subscription { quake(network: "us") { id } }');
    clients[2]?.subscribe('subscription { chatMessage { text } }');
    const query = new URLSearchParams({ query: 'subscription { quake(network: "ak") { id } }' });
    await fetch(`${gateway.url}?${query}`, { headers: { accept: 'text/event-stream' }, signal: streaming.signal });
    await eventually(async () => (await debug('/debug/connections')).total === 4, { what: 'four connections' });
    await eventually(async () => subscribersOf(await debug('/debug/topics'), 'quakes.{network}') === 3, {
      what: 'three subscribers of earthquakes',
    });
  });
  after(async () => {
    streaming?.abort();
    await Promise.all(clients.map((client) => client.close()));
    await gateway?.stop();
  });

  async function debug(path: '/debug/connections'): Promise<DebugReport['connections']>;
  async function debug(path: '/debug/topics'): Promise<Omit<DebugReport, 'connections'>>;
  async function debug(path: string): Promise<unknown> {
    const { status, body } = await gateway.admin(path);
    assert.equal(status, 200);
    return JSON.parse(body);
  }

  test('each topic shows what is open on it, those without subscribers too', async () => {
    const { topics } = await debug('/debug/topics');
    assert.deepEqual(
      topics.map(({ topic, delivery, streams, groups, projections, subscribers, readers }) => {
        return { topic, delivery, streams, groups, projections, subscribers, readers };
      }),
      [
        // Two instances, each a stream of its own.
        {
          topic: 'quakes.{network}',
          delivery: 'DURABLE',
          streams: 2,
          groups: 2,
          projections: 2,
          subscribers: 3,
          readers: 0,
        },
        { topic: 'flights', delivery: 'BUFFERED', streams: 0, groups: 0, projections: 0, subscribers: 0, readers: 0 },
        {
          topic: 'chat.{room}',
          delivery: 'EPHEMERAL',
          streams: 1,
          groups: 1,
          projections: 1,
          subscribers: 1,
          readers: 0,
        },
      ],
    );
  });

  test('a hot stream is the first of the streams, and its recent events are held', async () => {
    await publishQuakes(
      gateway,
      earthquakes().filter(({ network }) => network === 'us'),
    );
    await eventually(
      async () => {
        const { streams, topics } = await debug('/debug/topics');
        return streams[0]?.topic === 'quakes.{network}' && (topics[0]?.ring.events ?? 0) > 0;
      },
      { what: 'a hot stream' },
    );
    const { streams } = await debug('/debug/topics');
    assert.ok((streams[0]?.recordsPerSecond ?? 0) > 0);
  });

  test('who does not read is first among the connections, with the bytes that wait for it', async () => {
    clients[2]?.stall();
    const text = 'x'.repeat(20_000);
    const events = Array.from({ length: 50 }, (_, number) => {
      return { id: String(number), room: 'a', author: 'ada', text, sentAt: '2026-01-01T00:00:00Z' };
    });
    const first = await eventually(
      async () => {
        assert.equal((await request(gateway.url, CHAT, { events })).errors, undefined);
        const { slowest } = await debug('/debug/connections');
        return (slowest[0]?.waitingBytes ?? 0) > 0 ? slowest[0] : undefined;
      },
      { what: 'bytes that wait', deadlineMs: 60_000 },
    );
    assert.equal(first.transport, 'websocket');
    assert.equal(first.subscriptions, 1);
    const { slowest, total } = await debug('/debug/connections');
    assert.equal(total, 4);
    assert.deepEqual(
      slowest.slice(1).map(({ waitingBytes }) => waitingBytes),
      [0, 0, 0],
    );
    assert.deepEqual(slowest.map(({ transport }) => transport).sort(), [
      'event-stream',
      'websocket',
      'websocket',
      'websocket',
    ]);
    const ids = slowest.map(({ id }) => id);
    assert.equal(new Set(ids).size, 4);
    assert.ok(ids.every((id) => id !== undefined));
  });

  test('A74: a browser gets pages that may do nothing but show themselves, and the public port has neither', async () => {
    for (const path of ['/debug/topics', '/debug/connections']) {
      const response = await fetch(`${gateway.adminUrl}${path}`, { headers: { accept: 'text/html' } });
      assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8');
      assert.match(response.headers.get('content-security-policy') ?? '', /^default-src 'none';/);
      assert.match(await response.text(), /<table>/);
      assert.equal((await fetch(new URL(path, gateway.url))).status, 404);
    }
  });
});

function subscribersOf({ topics }: Omit<DebugReport, 'connections'>, name: string): number | undefined {
  return topics.find(({ topic }) => topic === name)?.subscribers;
}
