import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from '../../src/cli/pace.ts';
import type { Clock } from '../../src/time/clock.ts';

test('events are spread evenly, and time lost is not made up in a burst', () => {
  let now = 0;
  const clock: Clock = { now: () => 0, monotonic: () => now, after: () => () => {} };
  const pace = new Pace(clock, 10);
  assert.equal(pace.take(1), 0);
  assert.equal(pace.take(2), 100);
  now = 100;
  assert.equal(pace.take(1), 200);
  now = 10_000;
  assert.equal(pace.take(1), 0);
  assert.equal(pace.take(1), 0);
  assert.equal(pace.take(1), 100);
});
