import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operationKind } from '../../src/client/operation-kind.ts';

const CASES: readonly [query: string, operationName: string | undefined, kind: string | undefined][] = [
  ['{ a }', undefined, 'query'],
  ['query { a }', undefined, 'query'],
  ['subscription { a }', undefined, 'subscription'],
  ['subscription Name { a }', 'Name', 'subscription'],
  ['mutation subscription { a }', undefined, 'mutation'],
  ['query mutation { subscription { mutation } }', undefined, 'query'],
  ['mutation A { a } subscription B { b }', 'B', 'subscription'],
  ['mutation A { a } subscription B { b }', 'A', 'mutation'],
  ['mutation A { a } subscription B { b }', undefined, undefined],
  ['mutation A { a }', 'C', undefined],
  ['fragment subscription on T { a } mutation { ...subscription }', undefined, 'mutation'],
  ['# subscription { a }\n mutation { a }', undefined, 'mutation'],
  ['\ufeff ,, subscription($a: In = {b: [{c: "} mutation {"}]}) @d(e: {f: 1}) { a }', undefined, 'subscription'],
  ['mutation M($s: String = """} subscription S { a } \\""" """) { a }', 'S', undefined],
  ['query @subscription { a }', undefined, 'query'],
  ['subscription', undefined, 'subscription'],
  ['', undefined, undefined],
  ['type subscription { a: Int }', undefined, undefined],
];

for (const [query, operationName, kind] of CASES) {
  test(`${JSON.stringify(query)}${operationName === undefined ? '' : ` named ${operationName}`} is a ${kind}`, () => {
    assert.equal(operationKind(query, operationName), kind);
  });
}
