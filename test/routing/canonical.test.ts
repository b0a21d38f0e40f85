import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonValue } from '../../src/json/value.ts';
import { canonicalText, leafText, valueOfText } from '../../src/routing/canonical.ts';
import type { ParameterType } from '../../src/routing/topic.ts';

const ROWS: readonly [value: JsonValue, type: ParameterType, text: string | undefined][] = [
  [42, 'ID', '42'],
  ['42', 'ID', '42'],
  [42n, 'ID', '42'],
  [9007199254740993n, 'ID', '9007199254740993'],
  [1e21, 'ID', '1000000000000000000000'],
  [-0, 'ID', '0'],
  [4.5, 'ID', undefined],
  [true, 'ID', undefined],
  [null, 'ID', undefined],
  [['a'], 'ID', undefined],
  [{ a: 1 }, 'ID', undefined],
  ['042', 'ID', '042'],
  [42, 'String', '42'],
  ['us', 'String', 'us'],
  [1.5, 'String', undefined],
  [42, 'Int', '42'],
  ['42', 'Int', '42'],
  [42n, 'Int', '42'],
  [-0, 'Int', '0'],
  ['-0', 'Int', undefined],
  ['042', 'Int', undefined],
  ['+1', 'Int', undefined],
  ['1e3', 'Int', undefined],
  ['', 'Int', undefined],
  [2147483647, 'Int', '2147483647'],
  [2147483648, 'Int', undefined],
  [-2147483648, 'Int', '-2147483648'],
  [-2147483649n, 'Int', undefined],
  [1.5, 'Int', undefined],
  ['RED', 'ENUM', 'RED'],
  [1, 'ENUM', undefined],
];

for (const [value, type, text] of ROWS) {
  test(`design §1: ${typeof value} ${String(value)} as ${type} is ${text ?? 'refused'}`, () => {
    assert.equal(canonicalText(value, type), text);
  });
}

test('a text becomes a value of the parameter’s JSON type', () => {
  assert.equal(valueOfText('42', 'Int'), 42);
  assert.equal(valueOfText('42', 'ID'), '42');
});

test('any leaf has a text for record keys, lists and objects have none', () => {
  assert.deepEqual(
    [leafText('a'), leafText(4.5), leafText(2n ** 63n), leafText(true), leafText(1e21)],
    ['a', '4.5', '9223372036854775808', 'true', '1000000000000000000000'],
  );
  assert.deepEqual([leafText(null), leafText([]), leafText({})], [undefined, undefined, undefined]);
});
