import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slowest } from '../../src/protocol/slowest.ts';

test('those for which most bytes wait come first, then the oldest, and no more than were asked for', () => {
  const waiting = [0, 5, 0, 900, 0, 7];
  const order = slowest(waiting.keys(), 5, (index) => waiting[index] ?? 0);
  assert.deepEqual(order, [3, 5, 1, 0, 2]);
  assert.deepEqual(
    slowest(waiting.keys(), 2, (index) => waiting[index] ?? 0),
    [3, 5],
  );
  assert.deepEqual(
    slowest([], 5, () => 1),
    [],
  );
});
