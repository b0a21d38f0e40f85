import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConstValueNode, parseConstValue } from 'graphql';
import { JsonScalar, jsonOfLiteral } from '../../../src/schema/scalars/json.ts';

function literal(text: string): ConstValueNode {
  return parseConstValue(text);
}

test('design §8: any JSON value passes as it is', () => {
  for (const value of [null, true, 1.5, 9007199254740993n, 'a', [1], { a: { b: [] } }]) {
    assert.equal(JsonScalar.coerceOutputValue(value), value);
    assert.equal(JsonScalar.coerceInputValue(value), value);
  }
  for (const value of [undefined, () => 1, Symbol('a')]) {
    assert.throws(() => JsonScalar.coerceOutputValue(value), /JSON cannot hold/);
  }
});

test('literals become JSON, whole numbers exactly', () => {
  const value = jsonOfLiteral(literal('{ a: [1, 2.5, "x", true, null, 9007199254740993], b: {} }'));
  assert.deepEqual({ ...(value as object) }.valueOf(), {
    a: [1, 2.5, 'x', true, null, 9007199254740993n],
    b: Object.create(null),
  });
});

test('A57: a literal member named __proto__ is a plain member', () => {
  const value = jsonOfLiteral(literal('{ __proto__: { polluted: true } }'));
  assert.equal(JSON.stringify(value), '{"__proto__":{"polluted":true}}');
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
});

test('what JSON cannot say is refused', () => {
  assert.throws(() => jsonOfLiteral(literal('[RED]')), /RED is not JSON/);
  assert.throws(() => jsonOfLiteral(literal('1e999')), /too large/);
});
