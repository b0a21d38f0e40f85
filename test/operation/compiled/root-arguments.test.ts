import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildSchema, getArgumentValues, Kind, parse } from 'graphql';
import type { JsonObject } from '../../../src/json/value.ts';
import { InputCoercions } from '../../../src/operation/coercion/input.ts';
import { VariableCoercion } from '../../../src/operation/coercion/variables.ts';
import { compileRootArguments } from '../../../src/operation/compiled/root-arguments.ts';

const schema = buildSchema(`
  input In { x: Int! y: String = "preset" }
  type Query { f(a: Int, b: Int = 5, c: [Int!]! = [1], d: In, e: Int!): Int }
`);
const field = schema.getQueryType()?.getFields()['f'];

const CASES: readonly [operation: string, variables: JsonObject][] = [
  ['query { f(e: 1) }', {}],
  ['query { f(a: null, b: 2, c: 3, d: {x: 1}, e: 1) }', {}],
  ['query ($a: Int, $e: Int!) { f(a: $a, b: $a, e: $e) }', { e: 1 }],
  ['query ($a: Int, $e: Int!) { f(a: $a, b: $a, e: $e) }', { a: null, e: 1 }],
  ['query ($a: Int, $e: Int!) { f(a: $a, b: $a, e: $e) }', { a: 9, e: 1 }],
  ['query ($c: [Int!]) { f(c: $c, e: 1) }', {}],
  ['query ($c: [Int!]) { f(c: $c, e: 1) }', { c: null }],
  ['query ($c: [Int!]) { f(c: $c, e: 1) }', { c: 4 }],
  ['query ($d: In) { f(d: $d, e: 1) }', { d: { x: 1 } }],
  ['query ($x: Int = 3) { f(d: {x: $x}, e: 1) }', {}],
  ['query ($x: Int = 3) { f(d: {x: $x}, e: 1) }', { x: null }],
  ['query ($e: Int = 3) { f(e: $e) }', {}],
  ['query ($e: Int = 3) { f(e: $e) }', { e: null }],
];

describe('compileRootArguments', () => {
  for (const [text, inputs] of CASES) {
    test(`equals graphql-js: ${text} with ${JSON.stringify(inputs)}`, () => {
      const [operation] = parse(text).definitions;
      assert.ok(operation?.kind === Kind.OPERATION_DEFINITION && field !== undefined);
      const [node] = operation.selectionSet.selections;
      assert.ok(node?.kind === Kind.FIELD);
      const coercion = new VariableCoercion(schema, operation.variableDefinitions ?? [], new InputCoercions());
      const coerced = coercion.coerce(inputs);
      assert.ok(coerced !== undefined);
      let expected: Record<string, unknown> | undefined;
      try {
        expected = getArgumentValues(field, node, coercion.withSources(inputs, coerced));
      } catch {
        expected = undefined;
      }
      const values = compileRootArguments(field, node)({ coercion, inputs, coerced });
      assert.equal(JSON.stringify(values), JSON.stringify(expected));
    });
  }
});
