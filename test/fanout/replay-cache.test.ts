import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Kept, ReplayCache } from '../../src/fanout/replay-cache.ts';

function entry(name: string, dropped: string[], bytes = 10_000): Kept {
  return { bytes, dropped: () => dropped.push(name) };
}

test('the cache is bounded in bytes, and the least recently used entry goes first', () => {
  const dropped: string[] = [];
  const cache = new ReplayCache(40_000);
  const [a, b, c] = [entry('a', dropped), entry('b', dropped), entry('c', dropped)];
  for (const kept of [a, b, c]) cache.keep(kept);
  cache.used(a);
  cache.keep(entry('d', dropped));
  assert.deepEqual(dropped, ['b']);
  assert.ok(cache.bytes <= 40_000);
});

test('an entry that its keeper dropped is not told again, and gives its bytes back', () => {
  const dropped: string[] = [];
  const cache = new ReplayCache();
  const kept = entry('a', dropped);
  cache.keep(kept);
  cache.drop(kept);
  cache.drop(kept);
  assert.equal(cache.bytes, 0);
  assert.deepEqual(dropped, []);
});
