import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BackOff } from '../../src/client/back-off.ts';

test('the wait doubles up to 5 s, and a random half of it is taken off', () => {
  const longest = new BackOff({ random: () => 0.9999999, monotonic: () => 0 });
  const shortest = new BackOff({ random: () => 0, monotonic: () => 0 });
  const waits = (backOff: BackOff): number[] => Array.from({ length: 8 }, () => Math.round(backOff.next()));
  assert.deepEqual(waits(longest), [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
  assert.deepEqual(waits(shortest), [125, 250, 500, 1_000, 2_000, 2_500, 2_500, 2_500]);
});

test('it starts anew after a connection that lasted 5 s, and not after a shorter one', () => {
  let now = 0;
  const backOff = new BackOff({ random: () => 0, monotonic: () => now });
  backOff.next();
  backOff.connected();
  now += 4_999;
  assert.equal(backOff.next(), 250);
  now += 60_000;
  assert.equal(backOff.next(), 500, 'time without a connection counts for nothing');
  backOff.connected();
  now += 5_000;
  assert.equal(backOff.next(), 125);
});
