import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkDocument, type DocumentRules, type InvalidDocument } from '../../src/operation/document.ts';
import { DEFAULT_LIMITS } from '../../src/operation/limits.ts';
import { loadSchema } from '../../src/schema/load-schema.ts';

const { schema } = loadSchema({
  file: 'schema.graphql',
  text: 'type Sale @topic(name: "sales.{shop}", delivery: DURABLE) { id: ID!  shop: ID!  lines: [Line!]! } type Line { sku: String! parts: [Line!] }',
});
const OPEN: DocumentRules = { schema, limits: DEFAULT_LIMITS, introspection: true };
const CLOSED: DocumentRules = { ...OPEN, introspection: false };

function refusal(text: string, rules: DocumentRules = OPEN): InvalidDocument {
  const checked = checkDocument(rules, text);
  assert.ok(checked.type === 'invalid', `${text.slice(0, 80)} passed`);
  return checked;
}

function repeated(count: number, text: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => text(index)).join(' ');
}

function accepts(text: string, rules: DocumentRules = OPEN): void {
  const checked = checkDocument(rules, text);
  assert.equal(checked.type, 'valid', JSON.stringify(checked));
}

describe('limits of a document', () => {
  const limits: readonly (readonly [name: string, document: string, limit: string, value: number])[] = [
    ['A27: pairs of fields to merge', `{ topics { ${'name '.repeat(102)} } }`, 'maxFieldMerges', 5_000],
    ['A24: tokens', `{ ${'a '.repeat(2_000)} }`, 'maxTokens', 2_000],
    ['A24: nested brackets, before anything recurses', `{ a(b: ${'['.repeat(900)}`, 'maxNesting', 200],
    ['A25: directives, repeated and unknown', `{ topics { name ${'@x '.repeat(101)} } }`, 'maxDirectives', 100],
    ['A23: depth', `{ ${'a { '.repeat(30)}a${' }'.repeat(30)} }`, 'maxDepth', 20],
    ['A23: root fields', `{ ${repeated(51, (index) => `a${index}: topics { name }`)} }`, 'maxRootFields', 50],
    ['A23: aliases', `{ topics { ${repeated(101, (index) => `a${index}: name`)} } }`, 'maxAliases', 100],
    [
      'A23: complexity',
      `{ saleHistory(shop: 1, first: 1000) { edges { node { ${repeated(4, (index) => `a${index}: lines { parts { parts { sku } } }`)} } } } }`,
      'maxComplexity',
      100_000,
    ],
    [
      'A27: fields, before the rule on overlapping fields sees them',
      `{ topics { ${'name '.repeat(501)} } }`,
      'maxFields',
      500,
    ],
    [
      'A26: fields of reused fragments',
      `{ ...F0 } ${repeated(12, (index) => `fragment F${index} on Query { topics { name } ...F${index + 1} ...F${index + 1} }`)} fragment F12 on Query { topics { name } }`,
      'maxRootFields',
      50,
    ],
  ];
  for (const [name, document, limit, value] of limits) {
    test(`${name}: LIMIT_EXCEEDED names the limit and its value`, () => {
      const { stage, errors } = refusal(document);
      assert.equal(stage, 'limit');
      assert.equal(errors.length, 1);
      assert.deepEqual(errors[0]?.extensions, { code: 'LIMIT_EXCEEDED', limit, value });
      assert.match(errors[0]?.message ?? '', new RegExp(`at most ${value} are allowed\\.$`));
    });
  }

  test('A23: what stands just within every limit passes', () => {
    accepts(`{ ${repeated(50, (index) => `a${index}: topics { name }`)} }`);
    accepts(`{ topics { ${repeated(100, (index) => `a${index}: name`)} } }`);
    accepts(`{ topics { ${'name '.repeat(100)} } }`);
    accepts(repeated(4, (index) => `query Q${index} { topics { ${'name '.repeat(100)} } }`));
    accepts(`{ topics { ${repeated(100, () => 'name @skip(if: false)')} } }`);
  });

  test('A23: a limit that is set otherwise holds as it is set', () => {
    const strict = { ...OPEN, limits: { ...DEFAULT_LIMITS, maxAliases: 1 } };
    accepts('{ a: topics { name } }', strict);
    assert.partialDeepStrictEqual(refusal('{ a: topics { b: name } }', strict).errors[0]?.extensions, {
      limit: 'maxAliases',
      value: 1,
    });
  });

  test('A24: brackets in strings and comments are not counted, and a text that is no GraphQL is a syntax error', () => {
    accepts(`{ saleHistory(shop: "${'['.repeat(300)}") { edges { cursor } } } # ${'{'.repeat(300)}`);
    assert.equal(refusal('{ topics { name }').stage, 'syntax');
    assert.equal(refusal('{ "').stage, 'syntax');
  });

  test('A26: a circle of fragments is a validation error', () => {
    const { stage } = refusal('{ ...A } fragment A on Query { ...B } fragment B on Query { ...A topics { name } }');
    assert.equal(stage, 'validation');
  });
});

describe('introspection switched off', () => {
  test('A71: __schema and __type are refused, also in fragments and under an alias; __typename stays', () => {
    for (const text of [
      '{ __schema { types { name } } }',
      '{ x: __type(name: "Sale") { name } }',
      'query { ...A } fragment A on Query { ... { __schema { types { name } } } }',
    ]) {
      const { stage, errors } = refusal(text, CLOSED);
      assert.equal(stage, 'validation');
      assert.equal(errors[0]?.extensions.code, 'GRAPHQL_VALIDATION_FAILED');
      assert.match(errors[0]?.message ?? '', /Introspection is switched off/);
      accepts(text);
    }
    accepts('{ __typename topics { __typename } }', CLOSED);
  });

  test('A71: errors do not say what the client may have meant', () => {
    for (const text of [
      '{ topic { name } }',
      '{ topics { nam } }',
      '{ saleHistory(shp: 1) { edges { cursor } } }',
      'query ($a: Lin) { topics { name } }',
      'mutation { publishSale(event: { di: 1 }) { topic } }',
      '{ ...On } fragment On on Sales { id }',
    ]) {
      assert.match(JSON.stringify(refusal(text).errors), /Did you mean/, text);
      assert.doesNotMatch(JSON.stringify(refusal(text, CLOSED).errors), /Did you mean/, text);
    }
  });
});
