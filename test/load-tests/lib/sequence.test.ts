import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SequenceCheck } from '../../../load-tests/lib/sequence.ts';

function after(sequences: readonly number[], from = 0): SequenceCheck {
  const check = new SequenceCheck(from);
  for (const sequence of sequences) check.receive(sequence);
  return check;
}

function counts({ received, missing, duplicates, reorders }: SequenceCheck): readonly number[] {
  return [received, missing, duplicates, reorders];
}

describe('the sequence check of the load tests', () => {
  test('a sequence without a fault has none', () => {
    assert.deepEqual(counts(after([1, 2, 3])), [3, 0, 0, 0]);
  });

  test('a number that is passed over is missing, before the first event too', () => {
    assert.deepEqual(counts(after([3, 5])), [2, 3, 0, 0]);
  });

  test('two that change places are one reorder, and no hole or double', () => {
    assert.deepEqual(counts(after([1, 3, 2, 4])), [4, 0, 0, 1]);
  });

  test('a number that comes again is a double, also when it was late before', () => {
    assert.deepEqual(counts(after([1, 2, 2, 4, 3, 3])), [4, 0, 2, 1]);
  });

  test('what did not come before the end is missing', () => {
    const check = after([1, 2]);
    check.end(4);
    assert.deepEqual(counts(check), [2, 2, 0, 0]);
    check.end(4);
    assert.equal(check.missing, 2);
  });

  test('a subscriber that joins midway does not miss what was before it', () => {
    assert.deepEqual(counts(after([8, 9], 7)), [2, 0, 0, 0]);
  });

  test('what was told as lost is excused once, and what is lost after it is not', () => {
    const check = after([1, 4]);
    assert.equal(check.excuse(), 2);
    check.receive(6);
    assert.deepEqual(counts(check), [3, 1, 0, 0]);
  });

  test('a hole larger than what is told apart is counted to the last number', () => {
    assert.equal(after([1, 50_002]).missing, 50_000);
  });
});
