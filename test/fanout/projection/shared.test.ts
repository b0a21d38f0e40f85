import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildSchema, type OperationDefinitionNode, parse } from 'graphql';
import type { CompileRequest } from '../../../src/fanout/projection/compile.ts';
import { sharedProjection } from '../../../src/fanout/projection/shared.ts';

const schema = buildSchema('type Query { a: Int } type Subscription { e: E } type E { id: ID, scaled(by: Int): Int }');

function operationOf(text: string): OperationDefinitionNode {
  return parse(text).definitions[0] as OperationDefinitionNode;
}

function request(operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>): CompileRequest {
  return { schema, operation, fragments: new Map(), variables };
}

describe('sharedProjection', () => {
  test('one projection serves equal variables, and no others', () => {
    const operation = operationOf(
      'subscription ($a: Boolean!, $b: Boolean!) { e { id @skip(if: $a) x: id @skip(if: $b) } }',
    );
    const first = sharedProjection(request(operation, { a: true, b: false, other: 1 }));
    assert.equal(sharedProjection(request(operation, { a: true, b: false, other: 2 })), first);
    const second = sharedProjection(request(operation, { a: false, b: true }));
    assert.notEqual(second, first);
    assert.equal(first({ id: '1' }).data, '{"e":{"x":"1"}}');
    assert.equal(second({ id: '1' }).data, '{"e":{"id":"1"}}');
  });

  test('another schema or operation has its own', () => {
    const operation = operationOf('subscription { e { id } }');
    const first = sharedProjection(request(operation, {}));
    assert.notEqual(sharedProjection(request(operationOf('subscription { e { id } }'), {})), first);
    const other = buildSchema('type Query { a: Int } type Subscription { e: E } type E { id: Int }');
    assert.notEqual(sharedProjection({ ...request(operation, {}), schema: other }), first);
  });

  test('what reads other variables than Booleans is not shared', () => {
    const operation = operationOf('subscription ($by: Int) { e { scaled(by: $by) } }');
    assert.notEqual(sharedProjection(request(operation, { by: 1 })), sharedProjection(request(operation, { by: 1 })));
  });

  test('the combinations kept are bounded', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const operation = operationOf(
      `subscription (${names.map((name) => `$${name}: Boolean!`).join(' ')}) { e { ${names.map((name) => `${name}: id @skip(if: $${name})`).join(' ')} } }`,
    );
    let kept = 0;
    for (let bits = 0; bits < 32; bits += 1) {
      const variables = Object.fromEntries(names.map((name, index) => [name, (bits & (1 << index)) !== 0]));
      const projection = sharedProjection(request(operation, variables));
      if (sharedProjection(request(operation, variables)) === projection) kept += 1;
      const expected = names.filter((name) => variables[name] === false).map((name) => `"${name}":"1"`);
      assert.equal(projection({ id: '1' }).data, `{"e":{${expected.join(',')}}}`);
    }
    assert.equal(kept, 16);
  });
});
