import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BackOff } from '../../src/workers/back-off.ts';

const MINUTE_MS = 60_000;

test('F24: pauses double from one early death to the next, and the sixth in a row ends it', () => {
  const backOff = new BackOff();
  const pauses = [0, 5_000, 0, 29_999, 0].map((servedMs) => backOff.died(servedMs));
  assert.deepEqual(
    pauses,
    [100, 200, 400, 800, 1_600].map((pauseMs) => ({ type: 'restart', pauseMs })),
  );
  assert.deepEqual(backOff.died(0), { type: 'give-up' });
});

test('F24: a worker that served for a while begins anew, however often that happens', () => {
  const backOff = new BackOff();
  for (let death = 0; death < 4; death += 1) backOff.died(0);
  for (let death = 0; death < 20; death += 1) {
    assert.deepEqual(backOff.died(MINUTE_MS), { type: 'restart', pauseMs: 100 });
  }
});
