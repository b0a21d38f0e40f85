import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFlags } from '../../src/config/flags.ts';
import { CONFIG_FLAGS, type LoadedConfig, loadConfig } from '../../src/config/load-config.ts';
import { originText } from '../../src/config/origin.ts';

function load(environment: Readonly<Record<string, string>>): LoadedConfig {
  return loadConfig({ flags: parseFlags([], CONFIG_FLAGS), environment, folder: '/' });
}

function redisOf(environment: Readonly<Record<string, string>>): unknown {
  const loaded = load(environment);
  assert.equal(loaded.type, 'config', JSON.stringify(loaded));
  return loaded.type === 'config' && loaded.config.redis;
}

function problemsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  const loaded = load(environment);
  assert.equal(loaded.type, 'invalid');
  if (loaded.type !== 'invalid') return [];
  return loaded.problems.map(({ origin, message }) => `${originText(origin)}: ${message}`);
}

const none = {
  username: undefined,
  password: undefined,
  sentinelUsername: undefined,
  sentinelPassword: undefined,
  tls: undefined,
  prefix: undefined,
};

test('Redis is one server, a Cluster, or a primary that Sentinels know', () => {
  assert.deepEqual(redisOf({}), undefined);
  assert.deepEqual(redisOf({ SLUICE_REDIS_URL: 'redis://r' }), { ...none, url: 'redis://r' });
  assert.deepEqual(redisOf({ SLUICE_REDIS_CLUSTER: 'a:1,b:2', SLUICE_REDIS_PREFIX: 'x.' }), {
    ...none,
    cluster: ['a:1', 'b:2'],
    prefix: 'x.',
  });
  assert.deepEqual(redisOf({ SLUICE_REDIS_SENTINELS: 'a:1', SLUICE_REDIS_SENTINEL_PASSWORD: 's' }), {
    ...none,
    sentinels: ['a:1'],
    primary: 'mymaster',
    sentinelPassword: 's',
  });
});

test('TLS is on by the URL or by its switch, and only then do its files mean anything', () => {
  const files = { SLUICE_REDIS_TLS_CA: '/ca', SLUICE_REDIS_TLS_CERT: '/cert', SLUICE_REDIS_TLS_KEY: '/key' };
  const tls = { ca: '/ca', certificate: '/cert', key: '/key' };
  assert.deepEqual(redisOf({ SLUICE_REDIS_URL: 'rediss://r', ...files }), { ...none, url: 'rediss://r', tls });
  assert.deepEqual(redisOf({ SLUICE_REDIS_CLUSTER: 'a:1', SLUICE_REDIS_TLS: 'true', ...files }), {
    ...none,
    cluster: ['a:1'],
    tls,
  });
  assert.deepEqual(problemsOf({ SLUICE_REDIS_URL: 'redis://r', ...files }), ['SLUICE_REDIS_TLS_CA: TLS is off']);
  assert.deepEqual(problemsOf({ SLUICE_KAFKA_BROKERS: 'k:1', SLUICE_KAFKA_TLS: 'true', SLUICE_KAFKA_TLS_KEY: '/k' }), [
    'SLUICE_KAFKA_TLS_KEY: a certificate and its key come together',
  ]);
});

test('nothing is accepted and ignored: what no broker would use is a problem', () => {
  assert.deepEqual(problemsOf({ SLUICE_REDIS_URL: 'redis://r', SLUICE_REDIS_CLUSTER: 'a:1' }), [
    'SLUICE_REDIS_CLUSTER: Redis is named in two ways',
  ]);
  assert.deepEqual(problemsOf({ SLUICE_REDIS_PREFIX: 'x', SLUICE_KAFKA_TOPIC_PREFIX: 'y' }), [
    'SLUICE_REDIS_PREFIX: there is no Redis that this could be for',
    'SLUICE_KAFKA_TOPIC_PREFIX: there is no Kafka that this could be for',
  ]);
  assert.deepEqual(problemsOf({ SLUICE_REDIS_URL: 'redis://r', SLUICE_REDIS_PRIMARY: 'p' }), [
    'SLUICE_REDIS_PRIMARY: there are no Sentinels that this could be for',
  ]);
  assert.deepEqual(problemsOf({ SLUICE_REDIS_URL: 'redis://u:p@r', SLUICE_REDIS_PASSWORD: 'q' }), [
    'SLUICE_REDIS_PASSWORD: the URL of Redis names a user or password too',
  ]);
  assert.deepEqual(problemsOf({ SLUICE_KAFKA_BROKERS: 'k:1', SLUICE_KAFKA_USERNAME: 'u' }), [
    'SLUICE_KAFKA_USERNAME: Kafka is not told a user without kafka.sasl',
  ]);
  assert.deepEqual(problemsOf({ SLUICE_KAFKA_BROKERS: 'k:1', SLUICE_KAFKA_SASL: 'plain' }), [
    'SLUICE_KAFKA_SASL: the user or the password is missing',
  ]);
});

test('a password is never repeated, not even one that cannot be read', () => {
  const loaded = load({ SLUICE_REDIS_URL: 'redis://r', SLUICE_REDIS_PASSWORD: 'two words' });
  assert.ok(!JSON.stringify(loaded).includes('two words'), JSON.stringify(loaded));
});
