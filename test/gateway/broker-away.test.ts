import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { request, subscribe } from '../support/graphql-client.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { startTestGateway } from './running-gateway.ts';

const CHAT =
  'mutation { publishChatMessage(event: { id: "1", room: "a", author: "ada", text: "hi", sentAt: "2026-01-01T00:00:00Z" }) { topic } }';
const QUAKE =
  'mutation { publishQuake(event: { id: "1", network: "us", magnitude: 1, time: 1, updated: 1, status: reviewed, tsunami: false, significance: 0 }) { offset } }';

test('F20: with a broker away at start the server is up, other topics work, health names it, and it recovers by itself', async () => {
  const port = await freePort();
  const gateway = await startTestGateway({ redis: { url: `redis://127.0.0.1:${port}` } });
  const redis = { stop: async () => {} };
  try {
    assert.equal((await gateway.admin('/livez')).status, 200);
    const ready = await gateway.admin('/readyz');
    assert.equal(ready.status, 503);
    assert.match(ready.body, /redis/);
    const health = await gateway.admin('/healthz');
    assert.equal(health.status, 503);
    assert.match(health.body, /redis-pubsub/);

    // The topics of the other broker work meanwhile, and those of the missing one answer with the truth.
    const quakes = subscribe(gateway.url, 'subscription { quake(network: "us") { id } }');
    const chat = subscribe(gateway.url, 'subscription { chatMessage(room: "a") { text } }');
    await eventually(async () => {
      assert.equal((await request(gateway.url, QUAKE)).errors, undefined);
      return quakes.results.length > 0;
    });
    const refused = await request(gateway.url, CHAT);
    assert.equal(refused.errors?.[0]?.extensions?.['code'], 'BROKER_UNAVAILABLE');

    const server = await startRedisServer({ port });
    redis.stop = () => server.stop();
    await eventually(
      async () => {
        await request(gateway.url, CHAT);
        return chat.results.length > 0;
      },
      { deadlineMs: 30_000, what: 'the chat subscription that began without a broker' },
    );
    await eventually(async () => (await gateway.admin('/healthz')).status === 200, { what: 'a healthy answer' });
    assert.equal((await gateway.admin('/readyz')).status, 200);
    assert.match((await gateway.admin('/metrics')).body, /^sluice_broker_up\{broker="redis-pubsub"\} 1$/m);
    await Promise.all([quakes.end(), chat.end()]);
  } finally {
    await gateway.stop();
    await redis.stop();
  }
});
