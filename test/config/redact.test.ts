import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redact } from '../../src/config/redact.ts';

test('A72: credentials in a URL never show, however broken the URL is', () => {
  const cases = [
    ['redis://user:hunter2@host:6379/0', 'redis://***@host:6379/0'],
    ['redis://:hunter2@host', 'redis://***@host'],
    ['redis://user:hun/ter2@host', 'redis://***@host'],
    ['redis://user:hun@ter2@host', 'redis://***@host'],
    ['redis//user:hunter2@host', '***@host'],
    ['user:hunter2@host', '***@host'],
    ['a:9092,user:hunter2@b:9092', 'a:9092,***@b:9092'],
    ['redis://host?password=hunter2&db=1', 'redis://host?password=***&db=1'],
  ] as const;
  for (const [value, shown] of cases) {
    assert.equal(redact(value), shown);
  }
});

test('A72: a value whose name says that it is a secret never shows', () => {
  for (const name of [
    'SLUICE_REDIS_PASSWORD',
    'SLUICE_TOKEN',
    'SLUICE_API_KEY',
    'redis.password',
    'SLUICE_CLIENT_SECRET',
  ]) {
    assert.equal(redact('hunter2', name), '***', name);
  }
});

test('a value without secrets shows as it is', () => {
  for (const value of ['4000', 'kafka-1:9092,kafka-2:9092', 'redis://host:6379/0', './schema.graphql']) {
    assert.equal(redact(value, 'SLUICE_KAFKA_BROKERS'), value);
  }
});
