import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ranks } from '../../../load-tests/lib/ranks.ts';

test('the rows that a filter passes are numbered through, round after round', () => {
  const rows = [1, 5, 2, 7];
  const ranks = new Ranks(rows, (row) => row > 4);
  const seen = Array.from({ length: 9 }, (_, index) => ranks.rankOf(index + 1));
  assert.deepEqual(seen, [undefined, 1, undefined, 2, undefined, 3, undefined, 4, undefined]);
  assert.deepEqual(
    [0, 1, 2, 4, 5, 8, 10].map((sequence) => ranks.countUpTo(sequence)),
    [0, 0, 1, 2, 2, 4, 5],
  );
});
