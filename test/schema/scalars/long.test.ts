import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Kind } from 'graphql';
import { LongScalar, longOf } from '../../../src/schema/scalars/long.ts';

test('design §8: a Long is a decimal string in results, whatever it was in the event', () => {
  assert.equal(LongScalar.coerceOutputValue(5), '5');
  assert.equal(LongScalar.coerceOutputValue('-5'), '-5');
  assert.equal(LongScalar.coerceOutputValue(9007199254740993n), '9007199254740993');
  assert.equal(LongScalar.coerceOutputValue(-0), '0');
});

test('inputs are kept as they were written, and literals are exact', () => {
  for (const value of [5, '5', 9007199254740993n, '-9223372036854775808', 9223372036854775807n]) {
    assert.equal(LongScalar.coerceInputValue(value), value);
  }
  assert.equal(LongScalar.coerceInputLiteral?.({ kind: Kind.INT, value: '5' }), 5);
  assert.equal(LongScalar.coerceInputLiteral?.({ kind: Kind.INT, value: '9007199254740993' }), 9007199254740993n);
  assert.equal(LongScalar.coerceInputLiteral?.({ kind: Kind.STRING, value: '9007199254740993' }), '9007199254740993');
});

test('fractions, other types and more than 64 bits are refused', () => {
  for (const value of [
    1.5,
    Number.NaN,
    '',
    '1.5',
    '05',
    '+5',
    '0x5',
    ' 5',
    '5\n',
    '9223372036854775808',
    -(2n ** 63n) - 1n,
    1e19,
    true,
    null,
    [],
  ]) {
    assert.equal(longOf(value), undefined, String(value));
    assert.throws(() => LongScalar.coerceInputValue(value), /Long must be/);
    assert.throws(() => LongScalar.coerceOutputValue(value), /Long must be/);
  }
  assert.throws(() => LongScalar.coerceInputLiteral?.({ kind: Kind.FLOAT, value: '5.0' }), /Long must be/);
  assert.throws(
    () => LongScalar.coerceInputLiteral?.({ kind: Kind.INT, value: '9223372036854775808' }),
    /Long must be/,
  );
});

test('filters compare Longs as integers', () => {
  assert.equal(longOf('5'), 5n);
  assert.equal(longOf(5), longOf(5n));
});
