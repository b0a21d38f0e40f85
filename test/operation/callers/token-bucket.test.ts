import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rateOf, TokenBucket } from '../../../src/operation/callers/token-bucket.ts';

const RATE = rateOf(10);

test('A22: a bucket gives twice its rate at once, then as many as its rate, and says how long the next one takes', () => {
  const bucket = new TokenBucket(RATE, 0);
  for (let taken = 0; taken < 20; taken += 1) assert.equal(bucket.take(RATE, 0), 0);
  assert.equal(bucket.take(RATE, 0), 100);
  assert.equal(bucket.take(RATE, 60), 40);
  assert.equal(bucket.take(RATE, 100), 0);
  assert.equal(bucket.take(RATE, 100), 100);
});

test('A22: a bucket that rests is full again, and no fuller', () => {
  const bucket = new TokenBucket(RATE, 0);
  bucket.take(RATE, 0);
  let taken = 0;
  while (bucket.take(RATE, 1_000_000) === 0) taken += 1;
  assert.equal(taken, 20);
});

test('A22: who goes on in vain owes, waits longer, and at last is exhausted; who waits as told gets a token', () => {
  const bucket = new TokenBucket(RATE, 0);
  for (let taken = 0; taken < 20; taken += 1) bucket.takeOrOwe(RATE, 0);
  assert.equal(bucket.takeOrOwe(RATE, 0), 100);
  assert.equal(bucket.takeOrOwe(RATE, 0), 200);
  assert.equal(bucket.isExhausted(RATE), false);
  for (let tries = 0; tries < 18; tries += 1) bucket.takeOrOwe(RATE, 0);
  assert.equal(bucket.isExhausted(RATE), true);
  assert.equal(bucket.takeOrOwe(RATE, 0), 2_100);
  assert.equal(bucket.takeOrOwe(RATE, 2_100), 0);
});
