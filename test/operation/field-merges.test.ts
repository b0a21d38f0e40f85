import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FragmentDefinitionNode, Kind, parse } from 'graphql';
import { fieldMerges } from '../../src/operation/field-merges.ts';

function merges(text: string, enough = Number.POSITIVE_INFINITY): number {
  const { definitions } = parse(text);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const operation = definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  assert.ok(operation !== undefined);
  return fieldMerges(operation, fragments, enough);
}

test('A27: fields of one response key in one place are pairs, whatever they are called otherwise', () => {
  assert.equal(merges('{ a b c }'), 0);
  assert.equal(merges('{ a a a a }'), 6);
  assert.equal(merges('{ a: x a: y x }'), 1);
  assert.equal(merges('{ a { x } b { x } }'), 0);
});

test('A27: selections of merged fields are merged in turn', () => {
  assert.equal(merges('{ a { b { c } } a { b { c } } a { b { c } } }'), 3 + 3 + 3);
});

test('A27: inline and named fragments stand where they are spread', () => {
  assert.equal(merges('{ a ... { a } ... on T { a } ...F } fragment F on T { a ...G } fragment G on T { a }'), 10);
  assert.equal(merges('{ x { ...F } y { ...F } } fragment F on T { a }'), 0);
});

test('A26: a circle of fragments ends', () => {
  assert.equal(merges('{ ...F } fragment F on T { a ...G } fragment G on T { a ...F }'), 1);
});

test('A28: it stops counting when there are enough', () => {
  const pairs = merges(`{ ${'a { b { c { d } } } '.repeat(100)} }`, 100);
  assert.equal(pairs, 4_950);
});

test('A26, A28: fragments that multiply without a field, or in circles, are followed only so often', () => {
  const doubling = Array.from({ length: 40 }, (_, at) => `fragment F${at} on T { ...F${at + 1} ...F${at + 1} }`);
  assert.equal(merges(`{ ...F0 } ${doubling.join(' ')}`, 1_000), 1_001);
  const names = Array.from({ length: 40 }, (_, at) => `F${at}`);
  const spreads = names.map((name) => `...${name}`).join(' ');
  const circles = names.map((name) => `fragment ${name} on T { ${spreads} }`);
  assert.equal(merges(`{ ...F0 } ${circles.join(' ')}`, 1_000), 1_001);
});
