import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReplyError } from 'ioredis';
import { describeRedisError, failedWrite, isCredentialRefusal } from '../../../src/broker/redis/redis-error.ts';

const reply = (message: string): Error => new (ReplyError as new (message: string) => Error)(message);

test('F6: a definite refusal is unavailable, never indeterminate', () => {
  const refusals = [
    'LOADING Redis is loading the dataset in memory',
    'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk.',
    "OOM command not allowed when used memory > 'maxmemory'.",
    "READONLY You can't write against a read only replica.",
    'NOREPLICAS Not enough good replicas to write.',
    'NOAUTH Authentication required.',
  ];
  for (const message of refusals) assert.equal(failedWrite(reply(message), 'a').type, 'unavailable', message);
});

test('P95: a broken link, a time-out and a reply that Redis would not give are indeterminate', () => {
  assert.equal(failedWrite(new Error('Connection is closed.'), 'a').type, 'indeterminate');
  assert.equal(failedWrite(new Error('Command timed out'), 'a').type, 'indeterminate');
  // The message alone does not make a refusal: it has to be a reply.
  assert.equal(failedWrite(new Error('OOM command not allowed'), 'a').type, 'indeterminate');
  assert.equal(failedWrite(reply('ERR upstream failure'), 'a').type, 'indeterminate');
  assert.equal(failedWrite(undefined, 'a').type, 'indeterminate');
});

test('a key of another type is rejected with the name of the key', () => {
  const failed = failedWrite(reply('WRONGTYPE Operation against a key holding the wrong kind of value'), 'orders.7');
  assert.equal(failed.type, 'rejected');
  assert.match(failed.reason, /"orders\.7"/);
});

test('F40: refused credentials are told from other refusals, and what is shown holds the message only', () => {
  const error = Object.assign(reply('WRONGPASS invalid username-password pair or user is disabled.'), {
    command: { name: 'auth', args: ['user', 'hunter2'] },
  });
  assert.ok(isCredentialRefusal(error));
  assert.ok(!isCredentialRefusal(reply('LOADING')));
  assert.ok(!describeRedisError(error).includes('hunter2'));
});
