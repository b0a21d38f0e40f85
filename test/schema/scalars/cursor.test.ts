import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Kind } from 'graphql';
import { CursorScalar } from '../../../src/schema/scalars/cursor.ts';

test('a Cursor is a text that is not empty', () => {
  assert.equal(CursorScalar.coerceOutputValue('abc'), 'abc');
  assert.equal(CursorScalar.coerceInputLiteral?.({ kind: Kind.STRING, value: 'abc' }), 'abc');
  for (const value of ['', 1, null, {}])
    assert.throws(() => CursorScalar.coerceInputValue(value), /that this API gave out/);
  assert.throws(() => CursorScalar.coerceInputLiteral?.({ kind: Kind.INT, value: '1' }), /that this API gave out/);
});
