import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drainSpreadMs, leftAfter, shuffled } from '../../src/transport/drain-pace.ts';
import { Random } from '../support/random.ts';

describe('the pace of a drain (F23)', () => {
  it('nobody waits where there is nobody or one; few leave within the second; many take the whole time and no more', () => {
    assert.deepEqual(
      [0, 1, 2, 501, 10_001, 100_000].map((leavers) => drainSpreadMs(leavers, 20_000)),
      [0, 0, 2, 1_000, 20_000, 20_000],
    );
    assert.equal(drainSpreadMs(10_000, 0), 0);
  });

  it('the first one leaves at once, the last one at the end, and the others evenly between', () => {
    assert.equal(leftAfter(11, 0, 1_000), 1);
    assert.deepEqual(
      [99, 100, 500, 999, 1_000, 5_000].map((elapsed) => leftAfter(11, elapsed, 1_000)),
      [1, 2, 6, 10, 11, 11],
    );
    assert.equal(leftAfter(3, 0, 0), 3);
    assert.equal(leftAfter(0, 0, 0), 0);
  });

  it('the order is a permutation that says nothing of who came first', () => {
    const list = Array.from({ length: 100 }, (_, index) => index);
    const random = new Random(23);
    const order = shuffled(list, () => random.next());
    assert.deepEqual(
      [...order].sort((one, other) => one - other),
      list,
    );
    const stayed = order.filter((value, index) => value === index).length;
    assert.ok(stayed < 10, `${stayed} kept their place`);
    assert.deepEqual(list[0], 0, 'the list itself stays');
  });
});
