import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type FragmentDefinitionNode, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { variablesRead } from '../../../src/fanout/projection/variables.ts';

function read(text: string): string[] {
  const { definitions } = parse(text);
  const fragments = new Map<string, FragmentDefinitionNode>();
  let operation: OperationDefinitionNode | undefined;
  for (const definition of definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) operation = definition;
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  assert.ok(operation);
  return [...variablesRead(operation, fragments)].sort();
}

describe('variablesRead', () => {
  test('directives count at any depth, the arguments of the root field do not', () => {
    assert.deepEqual(
      read(`subscription ($a: ID!, $b: Boolean!, $c: Boolean!, $w: F) {
        order(customer: $a, where: $w) { id @skip(if: $b) ... @include(if: $c) { total } }
      }`),
      ['b', 'c'],
    );
  });

  test('arguments below the root field count, in lists and objects too', () => {
    assert.deepEqual(read('subscription { order { scaled(by: $a, in: [{ x: $b }]) } }'), ['a', 'b']);
  });

  test('fragments count where they are spread, and a root field in a fragment is a root field', () => {
    assert.deepEqual(
      read(`
        subscription { ...Root ... on Subscription { order(customer: $e) { id } } }
        fragment Root on Subscription { order(customer: $a) { ...Inner } }
        fragment Inner on Order { id @skip(if: $b) next { ...Inner scaled(by: $c) } }
        fragment Unused on Order { id @skip(if: $d) }`),
      ['b', 'c'],
    );
  });

  test('a fragment that names itself or nothing ends the walk', () => {
    assert.deepEqual(read('subscription { ...A } fragment A on Subscription { ...A ...B x @skip(if: $v) }'), ['v']);
  });
});
