import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Kind } from 'graphql';
import { TimestampScalar } from '../../../src/schema/scalars/timestamp.ts';

test('design §8: a Timestamp is a whole number of milliseconds', () => {
  assert.equal(TimestampScalar.coerceOutputValue(1_763_627_400_000), 1_763_627_400_000);
  assert.equal(TimestampScalar.coerceInputValue(-1n), -1);
  assert.equal(TimestampScalar.coerceInputLiteral?.({ kind: Kind.INT, value: '1763627400000' }), 1_763_627_400_000);
});

test('anything else is refused', () => {
  for (const value of [1.5, '5', Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 1, 2n ** 64n, null, new Date()]) {
    assert.throws(() => TimestampScalar.coerceInputValue(value), /whole number of milliseconds/);
    assert.throws(() => TimestampScalar.coerceOutputValue(value), /whole number of milliseconds/);
  }
  assert.throws(() => TimestampScalar.coerceInputLiteral?.({ kind: Kind.STRING, value: '5' }), /whole number/);
});
