import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type FragmentDefinitionNode, getIntrospectionQuery, Kind, parse } from 'graphql';
import { DocumentMeasurer, SATURATED, type SelectionMeasure } from '../../src/operation/measure.ts';
import { loadSchema } from '../../src/schema/load-schema.ts';

const { schema } = loadSchema({
  file: 'schema.graphql',
  text: `
    type Sale @topic(name: "sales.{shop}", delivery: DURABLE) {
      id: ID!  shop: ID!  lines: [Line!]!  grid: [[Line!]!]!  tags: [String!]
    }
    type Line { sku: String!  parts: [Line!] }
  `,
});

/** Counts how often a fragment is looked up. */
class CountingFragments extends Map<string, FragmentDefinitionNode> {
  lookups = 0;
  override get(name: string): FragmentDefinitionNode | undefined {
    this.lookups += 1;
    // What is not remembered would go on for 2^60 lookups.
    if (this.lookups > 10_000) throw new Error('fragments are looked at again and again');
    return super.get(name);
  }
}

function measureWith(text: string, fragments: Map<string, FragmentDefinitionNode>): SelectionMeasure {
  const { definitions } = parse(text);
  for (const node of definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const operation = definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  assert.ok(operation !== undefined);
  return new DocumentMeasurer({ schema, fragments, largestPage: 1_000 }).operation(operation);
}

function measure(text: string): SelectionMeasure {
  return measureWith(text, new CountingFragments());
}

/** Each fragment spreads the next one twice: 2^count fields. */
function doublingFragments(count: number): string {
  const fragments = Array.from(
    { length: count },
    (_, index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`,
  );
  return `{ ...F0 } ${fragments.join(' ')} fragment F${count} on Query { topics { name } }`;
}

describe('what a selection asks for', () => {
  test('depth, fields, aliases and root fields are counted through fragments, at each spread', () => {
    const found = measure(`
      query { one: topics { ...Info } two: topics { ...Info } ... { topics { name } } ...Root }
      fragment Info on TopicInfo { called: name parameters { name } }
      fragment Root on Query { topics { delivery } }
    `);
    assert.partialDeepStrictEqual(found, { depth: 3, rootFields: 4, fields: 12, aliases: 4 });
  });

  test('A26: each fragment is looked at once, however often nested fragments spread it', () => {
    const fragments = new CountingFragments();
    const found = measureWith(doublingFragments(60), fragments);
    assert.equal(found.fields, SATURATED);
    assert.equal(fragments.lookups, 61);
  });

  test('A26: fragments that go round in a circle are measured and end', () => {
    const found = measure(
      '{ ...A topics { name } } fragment A on Query { ...B topics { type } } fragment B on Query { ...A }',
    );
    assert.equal(found.depth, 2);
    measure('{ ...Self } fragment Self on Query { ...Self }');
  });

  test('A28: every count saturates instead of overflowing', () => {
    const found = measure(doublingFragments(400));
    assert.partialDeepStrictEqual(found, { rootFields: SATURATED, fields: SATURATED, complexity: SATURATED });
    const parts = `${'parts { '.repeat(40)}sku${' }'.repeat(40)}`;
    assert.equal(measure(`subscription { sale(shop: 1) { lines { ${parts} } } }`).complexity, SATURATED);
  });

  test('the fields of an unknown type, an unknown field and a missing fragment count all the same', () => {
    const found = measure('{ nothing { a { b } } ... on Nobody { c } ...Missing }');
    assert.partialDeepStrictEqual(found, { depth: 3, rootFields: 2, fields: 4 });
  });

  test('A71: a field of introspection is found wherever it stands, __typename and aliases are none', () => {
    assert.equal(
      measure('{ topics { name } ...A } fragment A on Query { a: __schema { __typename } }').introspection,
      '__schema',
    );
    assert.equal(measure('{ ... { __type(name: "A") { name } } }').introspection, '__type');
    assert.equal(measure('{ __schema: __typename topics { __type: name __typename } }').introspection, undefined);
  });
});

describe('complexity', () => {
  const cost = (text: string): number => measure(text).complexity;

  test('a field costs 1; what stands in a list costs ten times as much for each level of the list', () => {
    assert.equal(cost('subscription { sale(shop: 1) { id shop tags } }'), 1 + 3);
    assert.equal(cost('subscription { sale(shop: 1) { lines { sku } } }'), 1 + 1 + 10);
    assert.equal(cost('subscription { sale(shop: 1) { grid { sku } } }'), 1 + 1 + 100);
    assert.equal(
      cost('subscription { sale(shop: 1) { ...L } } fragment L on Sale { lines { parts { sku } } }'),
      1 + 1 + 10 * (1 + 10),
    );
  });

  test('a page of history costs its size: first or last, 100 unsaid, the largest page for a variable', () => {
    const page = (size: string): number =>
      cost(`query ($n: Int) { saleHistory(shop: 1${size}) { edges { cursor node { id } } } }`);
    // Edges are the page itself: not a list within it.
    const oneEvent = 1 + 1 + 1 + 1;
    assert.equal(page(', first: 7'), 1 + 7 * oneEvent);
    assert.equal(page(', last: 3'), 1 + 3 * oneEvent);
    assert.equal(page(''), 1 + 100 * oneEvent);
    assert.equal(page(', first: null'), 1 + 100 * oneEvent);
    assert.equal(page(', first: $n'), 1 + 1_000 * oneEvent);
    assert.equal(page(', first: 999999999999999999999'), 1 + 1_000 * oneEvent);
    assert.equal(page(', first: -5'), 1 + oneEvent);
  });

  test('A29: the usual introspection passes the default limits; lists of types in types of fields do not', () => {
    const usual = measure(
      getIntrospectionQuery({ descriptions: true, specifiedByUrl: true, inputValueDeprecation: true }),
    );
    assert.ok(usual.complexity < 100_000, String(usual.complexity));
    assert.ok(usual.fields < 500 && usual.depth < 20, JSON.stringify(usual));
    const bomb = measure(`{ __schema { types { ${'fields { type { '.repeat(5)} name ${' } }'.repeat(5)} } } }`);
    assert.ok(bomb.complexity > 1_000_000, String(bomb.complexity));
  });
});
