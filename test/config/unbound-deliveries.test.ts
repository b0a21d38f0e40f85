import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Config } from '../../src/config/config.ts';
import { LOOPBACK_LIMITS } from '../../src/config/limit-options.ts';
import { unboundDeliveries } from '../../src/config/unbound-deliveries.ts';
import { DELIVERIES, type Delivery } from '../../src/routing/topic.ts';

const PUBLIC: Config = {
  schemaFile: '/s',
  host: '0.0.0.0',
  port: 0,
  adminHost: '127.0.0.1',
  adminPort: 0,
  dataFolder: '/d',
  redis: undefined,
  kafka: undefined,
  embedded: false,
  auth: 'none',
  workers: 1,
  createTopics: false,
  allowWeakDurability: false,
  maxMemory: undefined,
  logLevel: 'info',
  drainSeconds: 20,
  operationsFile: undefined,
  operationsOnly: false,
  introspection: true,
  trustedProxies: undefined,
  allowedOrigins: undefined,
  limits: LOOPBACK_LIMITS,
  dev: false,
};

function unbound(changes: Partial<Config>, used: readonly Delivery[] = DELIVERIES): readonly Delivery[] {
  return unboundDeliveries({ ...PUBLIC, ...changes }, used).map(({ delivery }) => delivery);
}

test('A77: on a public host every delivery in use needs its broker', () => {
  assert.deepEqual(unbound({}), DELIVERIES);
  assert.deepEqual(unbound({ redis: { url: 'redis://r' } }), ['DURABLE']);
  assert.deepEqual(unbound({ kafka: { brokers: ['k:9092'] } }), ['EPHEMERAL', 'BUFFERED']);
  assert.deepEqual(unbound({ redis: { url: 'redis://r' }, kafka: { brokers: ['k:9092'] } }), []);
});

test('a delivery that no topic uses is not asked for; one that several use is named once', () => {
  assert.deepEqual(unbound({}, []), []);
  assert.deepEqual(unbound({}, ['DURABLE', 'DURABLE']), ['DURABLE']);
});

test('on a loopback host, or with embedded, deliveries are embedded', () => {
  for (const host of ['127.0.0.1', '::1', 'localhost']) assert.deepEqual(unbound({ host }), [], host);
  assert.deepEqual(unbound({ embedded: true }), []);
});

test('the message names the flag and the variable that bind the delivery', () => {
  const [durable] = unboundDeliveries(PUBLIC, ['DURABLE']);
  assert.match(durable?.message ?? '', /DURABLE.*--kafka-brokers or SLUICE_KAFKA_BROKERS.*--embedded/);
});
