import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedisPubSubBroker } from '../../../src/broker/redis-pubsub/broker.ts';
import type { Logger } from '../../../src/log/logger.ts';
import { eventually } from '../../support/eventually.ts';
import { startRedisServer } from '../../support/redis-server.ts';
import { testEnvironment } from '../environment.ts';
import { ephemeralTopics } from '../topics.ts';

test('F40: refused credentials are told by the status, never with the secret, and mended without a restart', {
  timeout: 90_000,
}, async () => {
  const server = await startRedisServer();
  await server.cli('ACL', 'SETUSER', 'sluice', 'on', '>right', '~*', '&*', '+@all');
  const lines: string[] = [];
  const keep = (message: string, fields?: object): void => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const log: Logger = { info: keep, warn: keep, error: keep };
  const broker = createRedisPubSubBroker(
    { url: `redis://sluice:hunter2@127.0.0.1:${server.port}`, firstContactMs: 500 },
    testEnvironment(ephemeralTopics, { log }),
  );
  const details: string[] = [];
  broker.onStatus((status) => details.push('detail' in status ? status.detail : status.type));
  try {
    assert.deepEqual(await broker.open(), { contacted: false, problems: [] });
    const status = await eventually(() => {
      const now = broker.status();
      return now.type === 'down' ? now : undefined;
    });
    assert.match(status.detail, /refuses the user or password.*WRONGPASS/);
    await server.cli('ACL', 'SETUSER', 'sluice', '>hunter2');
    await eventually(() => broker.status().type === 'up', { deadlineMs: 40_000 });
    for (const text of [...lines, ...details]) assert.ok(!text.includes('hunter2'), text);
    assert.ok(lines.length > 0);
  } finally {
    await broker.close();
    await server.stop();
  }
});

test('F40: with a password missing the status says so', { timeout: 60_000 }, async () => {
  const server = await startRedisServer({ args: ['--requirepass', 'secret'] });
  const broker = createRedisPubSubBroker({ url: server.url, firstContactMs: 500 }, testEnvironment(ephemeralTopics));
  try {
    await broker.open();
    await eventually(() => {
      const status = broker.status();
      return status.type === 'down' && /NOAUTH/.test(status.detail);
    });
  } finally {
    await broker.close();
    await server.stop();
  }
});
