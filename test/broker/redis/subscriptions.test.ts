import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { Subscriptions } from '../../../src/broker/redis/subscriptions.ts';
import { silentLogger } from '../../../src/log/logger.ts';
import { type Clock, systemClock } from '../../../src/time/clock.ts';
import { eventually } from '../../support/eventually.ts';
import { startRedisServer } from '../../support/redis-server.ts';

/** Retries come twenty times sooner. */
const quickClock: Clock = {
  ...systemClock,
  after: (delayMs, callback) => systemClock.after(delayMs / 20, callback),
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a confirmation counts for the newest SUBSCRIBE only: an older one says nothing after an UNSUBSCRIBE', {
  timeout: 60_000,
}, async () => {
  const server = await startRedisServer();
  const connection = new Redis(server.url, { retryStrategy: null });
  try {
    await once(connection, 'ready');
    const confirmed: string[] = [];
    const subscriptions = new Subscriptions('channel', systemClock, silentLogger, {
      confirmed: (name) => void confirmed.push(name),
      refused() {},
      unknown: (_connection, why) => assert.fail(why),
    });
    subscriptions.connected(connection);
    // Held back at Redis, so that none is confirmed before all three commands are sent.
    server.pause();
    for (const step of ['add', 'remove', 'add'] as const) {
      subscriptions[step]('a');
      await turn();
      await turn();
    }
    assert.ok(!subscriptions.isConfirmed('a'));
    server.resume();
    await eventually(() => subscriptions.isConfirmed('a'));
    assert.deepEqual(confirmed, ['a']);
    assert.equal(await server.cli('PUBSUB', 'CHANNELS'), 'a');
    subscriptions.remove('a');
    await eventually(() => subscriptions.size === 0);
    assert.equal(await server.cli('PUBSUB', 'CHANNELS'), '');
  } finally {
    connection.disconnect();
    await server.stop();
  }
});

test('one refused name does not keep the others from being heard', { timeout: 60_000 }, async () => {
  const server = await startRedisServer();
  await server.cli('ACL', 'SETUSER', 'narrow', 'on', 'nopass', '+@all', '~*', 'resetchannels', '&good.*');
  const connection = new Redis(server.url, { username: 'narrow', password: 'x', retryStrategy: null });
  try {
    await once(connection, 'ready');
    const confirmed: string[] = [];
    const refusals: (string | undefined)[] = [];
    const subscriptions = new Subscriptions('channel', quickClock, silentLogger, {
      confirmed: (name) => void confirmed.push(name),
      refused: (detail) => void refusals.push(detail),
      unknown: (_connection, why) => assert.fail(why),
    });
    subscriptions.connected(connection);
    for (const name of ['good.1', 'bad.1', 'good.2']) subscriptions.add(name);
    await eventually(() => confirmed.length === 2, { deadlineMs: 30_000 });
    assert.deepEqual(confirmed, ['good.1', 'good.2']);
    assert.ok(refusals.some((detail) => detail?.includes('NOPERM')));
    await eventually(() => refusals.some((detail) => detail?.includes('"bad.1"')), { what: 'the refused name' });
    assert.match(refusals.at(-1) ?? '', /"bad\.1"/, 'what is still refused is still said');
    await server.cli('ACL', 'SETUSER', 'narrow', '&bad.*');
    await eventually(() => confirmed.includes('bad.1'), { deadlineMs: 30_000 });
    assert.equal(refusals.at(-1), undefined);
    subscriptions.disconnected();
  } finally {
    connection.disconnect();
    await server.stop();
  }
});
