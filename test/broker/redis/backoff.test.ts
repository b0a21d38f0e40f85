import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '../../../src/broker/redis/backoff.ts';

test('delays double up to the cap and begin anew after a reset', () => {
  const backoff = new Backoff(50, 1_000, () => 0);
  assert.deepEqual(
    Array.from({ length: 7 }, () => backoff.next()),
    [50, 100, 200, 400, 800, 1_000, 1_000],
  );
  assert.equal(backoff.next(30_000), 6_400);
  backoff.reset();
  assert.equal(backoff.next(), 50);
});

test('randomness shortens a delay by up to half', () => {
  assert.equal(new Backoff(100, 1_000, () => 0.5).next(), 75);
  assert.equal(new Backoff(100, 1_000, () => 1).next(), 50);
});
