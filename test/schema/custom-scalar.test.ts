import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertScalarType, parseConstValue } from 'graphql';
import { loadEverything } from './everything.ts';

test('a scalar of the user passes JSON through, and reads literals exactly', () => {
  const scalar = assertScalarType(loadEverything().schema.getType('Geometry'));
  const value = { type: 'Point', at: [9007199254740993n] };
  assert.equal(scalar.coerceOutputValue(value), value);
  assert.equal(scalar.coerceInputValue(value), value);
  assert.deepEqual(scalar.coerceInputLiteral?.(parseConstValue('[9007199254740993, "a"]')), [9007199254740993n, 'a']);
});
