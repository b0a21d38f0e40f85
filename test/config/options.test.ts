import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPTION_LIST } from '../../src/config/options.ts';

test('names, variables and file keys are unique', () => {
  const names = OPTION_LIST.flatMap(([, { name, variable, path }]) => [
    name,
    variable,
    ...(path ? [`yaml ${path.join('.')}`] : []),
  ]);
  assert.equal(new Set(names).size, names.length);
});

test('every default can be read by its own type', () => {
  for (const [key, { fallback, type }] of OPTION_LIST) {
    if (fallback !== undefined) assert.equal(type.parse(fallback, '/').type, 'value', key);
  }
});

test('the flags of design §8 are there, and those of later work are not', () => {
  const names = OPTION_LIST.flatMap(([, { name, path }]) => (path?.[0] === 'limits' ? [] : [name]));
  assert.deepEqual(names, [
    'schema',
    'port',
    'host',
    'admin-port',
    'admin-host',
    'redis-url',
    'kafka-brokers',
    'redis-cluster',
    'redis-sentinels',
    'redis-primary',
    'redis-username',
    'redis-password',
    'redis-sentinel-username',
    'redis-sentinel-password',
    'redis-tls',
    'redis-tls-ca',
    'redis-tls-cert',
    'redis-tls-key',
    'redis-prefix',
    'kafka-tls',
    'kafka-tls-ca',
    'kafka-tls-cert',
    'kafka-tls-key',
    'kafka-sasl',
    'kafka-username',
    'kafka-password',
    'kafka-topic-prefix',
    'embedded',
    'data-dir',
    'workers',
    'max-memory',
    'log-level',
    'drain-seconds',
    'create-topics',
    'allow-weak-durability',
    'auth',
    'allowed-origins',
    'dev',
    'operations',
    'operations-only',
    'introspection',
    'trusted-proxies',
    'config',
  ]);
});
