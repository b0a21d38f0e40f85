import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import type { JsonValue } from '../../../src/json/value.ts';
import type { DocumentRules } from '../../../src/operation/document.ts';
import { DEFAULT_LIMITS } from '../../../src/operation/limits.ts';
import { type NamedDocument, PersistedOperations } from '../../../src/operation/persisted/persisted-operations.ts';
import { readTrustedDocuments } from '../../../src/operation/persisted/trusted-documents.ts';
import { loadSchema } from '../../../src/schema/load-schema.ts';

const { schema } = loadSchema({
  file: 'schema.graphql',
  text: 'type Sale @topic(name: "sales.{shop}", delivery: EPHEMERAL) { id: ID!  shop: ID! }',
});
const RULES: DocumentRules = { schema, limits: DEFAULT_LIMITS, introspection: true };
const TEXT = '{ topics { name } }';
const HASH = createHash('sha256').update(TEXT).digest('hex');
const OTHER = '{ topics { type } }';
const OTHER_HASH = createHash('sha256').update(OTHER).digest('hex');
const { documents } = readTrustedDocuments(JSON.stringify({ [HASH]: TEXT }), RULES);
const open = new PersistedOperations({ documents, only: false });
const locked = new PersistedOperations({ documents, only: true });

interface Asked {
  readonly query?: string;
  readonly documentId?: string;
  /** `extensions.persistedQuery`. */
  readonly persisted?: JsonValue;
}

function find(operations: PersistedOperations, { query = '', documentId, persisted }: Asked): NamedDocument {
  return operations.find({
    query,
    operationName: undefined,
    variables: undefined,
    extensions: persisted === undefined ? undefined : { persistedQuery: persisted },
    ...(documentId === undefined ? {} : { documentId }),
  });
}

/** What becomes of it: `persisted`, `text`, or the code of the refusal. */
function outcome(operations: PersistedOperations, asked: Asked): string {
  const found = find(operations, asked);
  return found.type === 'refused' ? String(found.errors[0]?.extensions.code) : found.type;
}

const apollo = (sha256Hash: string): JsonValue => ({ version: 1, sha256Hash });

describe('persisted operations beside free text', () => {
  const cases: readonly (readonly [name: string, asked: Asked, outcome: string])[] = [
    ['a text runs', { query: OTHER }, 'text'],
    ['an id runs the document', { documentId: HASH }, 'persisted'],
    ["Apollo's hash runs the document", { persisted: apollo(HASH) }, 'persisted'],
    ['an id with exactly its document runs it', { documentId: HASH, query: TEXT }, 'persisted'],
    ['an id with another document is refused', { documentId: HASH, query: OTHER }, 'BAD_USER_INPUT'],
    [
      'an unknown hash is not found, so that Apollo sends the text',
      { persisted: apollo(OTHER_HASH) },
      'PERSISTED_QUERY_NOT_FOUND',
    ],
    ['an unknown id is not found', { documentId: 'x' }, 'PERSISTED_QUERY_NOT_FOUND'],
    ['a text with its hash runs, and is not registered', { query: OTHER, persisted: apollo(OTHER_HASH) }, 'text'],
    [
      'a text with the hash of something else is refused',
      { query: OTHER, persisted: apollo('ab12') },
      'BAD_USER_INPUT',
    ],
    ['two different names are refused', { documentId: HASH, persisted: apollo(OTHER_HASH) }, 'BAD_USER_INPUT'],
    ['a version that nobody knows is refused', { persisted: { version: 2, sha256Hash: HASH } }, 'BAD_USER_INPUT'],
    ['what is no persistedQuery is refused', { query: TEXT, persisted: 'x' }, 'BAD_USER_INPUT'],
    ['A57: names of Object.prototype are ids like any other', { documentId: '__proto__' }, 'PERSISTED_QUERY_NOT_FOUND'],
  ];
  for (const [name, asked, expected] of cases) {
    test(name, () => assert.equal(outcome(open, asked), expected));
  }

  test('a hash that was sent with its text is as unknown as before', () => {
    outcome(open, { query: OTHER, persisted: apollo(OTHER_HASH) });
    assert.equal(outcome(open, { persisted: apollo(OTHER_HASH) }), 'PERSISTED_QUERY_NOT_FOUND');
  });

  test("without a manifest Apollo's clients are told to stop sending hashes", () => {
    const none = new PersistedOperations({ documents: new Map(), only: false });
    const refused = find(none, { persisted: apollo(HASH) });
    assert.partialDeepStrictEqual(refused, {
      type: 'refused',
      errors: [{ message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }],
    });
    assert.equal(outcome(none, { query: TEXT, persisted: apollo(HASH) }), 'text');
  });
});

describe('locked mode', () => {
  const refusals: readonly (readonly [name: string, asked: Asked])[] = [
    ['free text', { query: OTHER }],
    ['free text that is in the manifest, without its id', { query: TEXT }],
    ['nothing at all', {}],
    ['an unknown hash', { persisted: apollo(OTHER_HASH) }],
    ['an unknown id', { documentId: 'x' }],
    ['a known hash with another text', { persisted: apollo(HASH), query: OTHER }],
    ['a known id with a text that differs in a space only', { documentId: HASH, query: `${TEXT} ` }],
    ['a registration', { query: OTHER, persisted: apollo(OTHER_HASH) }],
    ['what is no persistedQuery', { query: TEXT, persisted: 'x' }],
  ];
  const [answer] = refusals.map(([, asked]) => find(locked, asked));
  for (const [name, asked] of refusals) {
    test(`A61: ${name} is refused, with one code and text`, () => {
      assert.equal(outcome(locked, asked), 'PERSISTED_OPERATION_REQUIRED');
      assert.deepEqual(find(locked, asked), answer);
    });
  }

  test('A61: ids of the manifest run, alone or with exactly their text', () => {
    assert.equal(outcome(locked, { documentId: HASH }), 'persisted');
    assert.equal(outcome(locked, { persisted: apollo(HASH) }), 'persisted');
    assert.equal(outcome(locked, { persisted: apollo(HASH), query: TEXT }), 'persisted');
  });
});
