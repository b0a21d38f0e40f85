import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadResult } from '../../bench/load/measure-load.ts';
import { isServed } from '../../bench/scenarios/fanout.ts';

/** A run in which nothing went wrong but what is said. */
function run(rate: number, seconds: number, deliveredRatio: number): LoadResult {
  const clean = { undelivered: 0, duplicates: 0, reordered: 0, ordered: true, connectionsLost: 0, publishFailures: 0 };
  return { ...clean, rate, seconds, deliveredRatio } as LoadResult;
}

test('at a low rate the one event that is under way at the end does not count against a server', () => {
  assert.ok(isServed(run(15, 2.5, 36.5 / 37.5)));
  assert.ok(!isServed(run(15, 2.5, 35.4 / 37.5)), 'two are');
});

test('at a high rate a hundredth may be late', () => {
  assert.ok(isServed(run(2_000, 2.5, 0.991)));
  assert.ok(!isServed(run(2_000, 2.5, 0.989)));
});
