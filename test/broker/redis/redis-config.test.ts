import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRedisUrl } from '../../../src/broker/redis/redis-config.ts';
import { createRedisPubSubBroker } from '../../../src/broker/redis-pubsub/broker.ts';
import { createRedisStreamsBroker } from '../../../src/broker/redis-streams/broker.ts';
import { BrokerSettingsError } from '../../../src/broker/start-error.ts';
import { testEnvironment } from '../environment.ts';
import { ephemeralTopics } from '../topics.ts';

test('a URL gives host, port, credentials, database and TLS', () => {
  assert.deepEqual(parseRedisUrl('redis://localhost'), {
    host: 'localhost',
    port: 6379,
    username: undefined,
    password: undefined,
    database: 0,
    tls: false,
    shown: 'localhost:6379',
  });
  assert.deepEqual(parseRedisUrl('rediss://us%40er:p%2Fw@[::1]:7000/3'), {
    host: '::1',
    port: 7000,
    username: 'us@er',
    password: 'p/w',
    database: 3,
    tls: true,
    shown: '[::1]:7000',
  });
});

test('F40: a URL that cannot be read is refused with its fix and without its secret', () => {
  const bad = [
    'localhost:6379',
    'http://user:hunter2@host',
    'redis://user:hunter2@',
    'redis://user:hunter2@host/abc',
    'redis://user:hunter2@host?db=1',
    'redis://user:hunter2%@host',
    '',
  ];
  for (const url of bad) {
    assert.throws(
      () => parseRedisUrl(url),
      (error) =>
        error instanceof BrokerSettingsError && error.fix.includes('redis://') && !error.message.includes('hunter2'),
      url,
    );
  }
});

test('a URL that cannot be read is refused by open(), not by the factory', async () => {
  for (const create of [createRedisPubSubBroker, createRedisStreamsBroker]) {
    const broker = create({ url: 'nonsense' }, testEnvironment(ephemeralTopics));
    await assert.rejects(broker.open(), BrokerSettingsError);
    await broker.close();
  }
});
