import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type FragmentDefinitionNode, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { filterKey, selectionKey } from '../../src/operation/share-key.ts';

/** The selection key of the only operation of a document. */
function keyOf(text: string, coerced: Readonly<Record<string, unknown>> = {}): string {
  const { definitions } = parse(text);
  const operation = definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  assert.ok(operation !== undefined);
  const fragments = new Map(
    definitions
      .filter((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((definition) => [definition.name.value, definition]),
  );
  return selectionKey({ fragments }, operation, coerced);
}

const PLAIN = keyOf('subscription { message(room: "a") { id text } }');

describe('selectionKey', () => {
  const EQUAL: readonly (readonly [what: string, text: string, coerced?: Readonly<Record<string, unknown>>])[] = [
    ['another operation name and layout', 'subscription Chat {\n  message(room: "a") {\n    id\n    text\n  }\n}'],
    ['another instance', 'subscription { message(room: "b") { id text } }'],
    ['a filter, written out', 'subscription { message(room: "a", where: { text: { eq: "x" } }) { id text } }'],
    ['a filter in a variable', 'subscription ($w: F) { message(room: "a", where: $w) { id text } }', { w: { id: 1 } }],
  ];
  for (const [what, text, coerced] of EQUAL) {
    test(`equal for ${what}: those subscriptions share each event's projection`, () => {
      assert.equal(keyOf(text, coerced), PLAIN);
    });
  }

  const OTHER: readonly (readonly [what: string, text: string, coerced?: Readonly<Record<string, unknown>>])[] = [
    ['another field', 'subscription { message(room: "a") { id } }'],
    ['another order of fields', 'subscription { message(room: "a") { text id } }'],
    ['an alias', 'subscription { message(room: "a") { id said: text } }'],
    ['an alias at the root', 'subscription { chat: message(room: "a") { id text } }'],
    ['a directive', 'subscription { message(room: "a") { id text @skip(if: true) } }'],
  ];
  for (const [what, text] of OTHER) test(`differs for ${what}`, () => assert.notEqual(keyOf(text), PLAIN));

  test('A52: differs by the variables that the selection reads, and by no other', () => {
    const text =
      'subscription ($s: Boolean!, $r: ID!) { message(room: $r) { ...Body } } fragment Body on M { text @skip(if: $s) }';
    const key = keyOf(text, { s: true, r: 'a' });
    assert.equal(keyOf(text, { s: true, r: 'b' }), key);
    assert.notEqual(keyOf(text, { s: false, r: 'a' }), key);
  });

  test('differs by what the fragments that it reaches say', () => {
    const document = (fields: string): string =>
      `subscription { message(room: "a") { ...Body } } fragment Body on M { ${fields} }`;
    assert.notEqual(keyOf(document('id')), keyOf(document('text')));
  });
});

test('filterKey: equal for equal coerced filters, bigints included, and empty for none', () => {
  assert.equal(filterKey(undefined), '');
  assert.equal(filterKey({ n: { eq: 2n ** 60n } }), filterKey({ n: { eq: 2n ** 60n } }));
  const keys = [undefined, {}, { n: { eq: 1 } }, { n: { eq: '1' } }, { n: { eq: null } }, { n: { in: [1] } }].map(
    filterKey,
  );
  assert.equal(new Set(keys).size, keys.length);
});
