import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SequenceCheck } from '../../bench/load/sequence-check.ts';

/** What the check counts when one connection receives these numbers. */
function checked(numbers: Iterable<number>) {
  const check = new SequenceCheck(2);
  for (const number of numbers) check.record(1, number);
  const { received, unique, gaps, duplicates, reordered } = check;
  return { received, unique, gaps, duplicates, reordered };
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number);
}

describe('SequenceCheck', () => {
  it('finds nothing in a sequence without fault, however long', () => {
    const expected = { received: 5_000, unique: 5_000, gaps: 0, duplicates: 0, reordered: 0 };
    assert.deepEqual(checked(upTo(5_000)), expected);
  });

  it('counts every number that is left out', () => {
    const numbers = upTo(3_000).filter((number) => number !== 0 && number !== 1_500 && number !== 1_501);
    assert.deepEqual(checked(numbers), { received: 2_997, unique: 2_997, gaps: 3, duplicates: 0, reordered: 0 });
  });

  it('counts a number that comes twice, at once or later', () => {
    const { duplicates, unique } = checked([0, 1, 1, 2, 3, 0]);
    assert.deepEqual({ duplicates, unique }, { duplicates: 2, unique: 4 });
  });

  it('tells a late number from a lost one and from a doubled one', () => {
    assert.deepEqual(checked([0, 2, 1, 3]), { received: 4, unique: 4, gaps: 0, duplicates: 0, reordered: 1 });
    assert.deepEqual(checked([0, 2, 1, 1, 3]), { received: 5, unique: 4, gaps: 0, duplicates: 1, reordered: 1 });
  });

  it('tells them apart also after its window has gone round', () => {
    const numbers = [...upTo(2_100), 2_140, 2_100, 2_100];
    assert.deepEqual(checked(numbers), { received: 2_103, unique: 2_102, gaps: 39, duplicates: 1, reordered: 1 });
  });

  it('no longer knows a number that is more than 1,024 places late: its gap stays', () => {
    const thinned = upTo(2_000).filter((number) => number !== 476 && number !== 1_500);
    assert.deepEqual(checked([...thinned, 476]), {
      received: 1_999,
      unique: 1_998,
      gaps: 2,
      duplicates: 1,
      reordered: 0,
    });
  });

  it('keeps connections apart', () => {
    const check = new SequenceCheck(2);
    check.record(0, 0);
    check.record(1, 0);
    check.record(0, 1);
    check.record(1, 1);
    assert.deepEqual([check.unique, check.duplicates, check.gaps], [4, 0, 0]);
  });

  it('begins at 0 again after a reset', () => {
    const check = new SequenceCheck(1);
    for (const number of upTo(50)) check.record(0, number);
    check.reset();
    for (const number of upTo(50)) check.record(0, number);
    assert.deepEqual([check.received, check.unique, check.duplicates, check.gaps], [50, 50, 0, 0]);
  });

  it('agrees with a plain set on shuffled, doubled and thinned sequences', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const numbers = disturbed(seed);
      const seen = new Set(numbers);
      const { unique, gaps, duplicates } = checked(numbers);
      const expected = {
        unique: seen.size,
        gaps: Math.max(...seen) + 1 - seen.size,
        duplicates: numbers.length - seen.size,
      };
      assert.deepEqual({ unique, gaps, duplicates }, expected, `seed ${seed}`);
    }
  });
});

/** Numbers that are moved by some places, left out or doubled, by a generator of pseudo-random numbers with this seed. */
function disturbed(seed: number): number[] {
  let state = seed;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % limit;
  };
  return upTo(4_000)
    .filter(() => below(20) !== 0)
    .flatMap((number) => (below(20) === 0 ? [number, number] : [number]))
    .map((number) => ({ number, place: number + below(300) }))
    .sort((a, b) => a.place - b.place)
    .map(({ number }) => number);
}
