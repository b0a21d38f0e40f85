import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/json/value.ts';
import { readRequest } from '../../src/protocol/request-shape.ts';

const EMPTY = { operationName: undefined, variables: undefined, extensions: undefined };

test('A61: a request names a persisted document by documentId, or by id or its hash in place of a query', () => {
  const extensions = { persistedQuery: { version: 1, sha256Hash: 'h' } };
  const cases: readonly (readonly [JsonObject, unknown])[] = [
    [{ query: 'q' }, { query: 'q' }],
    [{ documentId: 'd' }, { query: '', documentId: 'd' }],
    [
      { documentId: 'd', query: null },
      { query: '', documentId: 'd' },
    ],
    [
      { documentId: 'd', query: 'q' },
      { query: 'q', documentId: 'd' },
    ],
    [
      { documentId: 'd', id: 'i' },
      { query: '', documentId: 'd' },
    ],
    [{ id: 'i' }, { query: '', documentId: 'i' }],
    [{ extensions }, { query: '', extensions }],
    [
      { extensions, query: 'q' },
      { query: 'q', extensions },
    ],
  ];
  for (const [payload, expected] of cases) {
    assert.deepEqual(readRequest(payload), { ...EMPTY, ...(expected as object) }, JSON.stringify(payload));
  }
});

test('P15: an id beside a query is an unknown member, and ignored', () => {
  assert.deepEqual(readRequest({ query: 'q', id: 7 }), { ...EMPTY, query: 'q' });
});

test('P64: without a query and without a name there is nothing to run', () => {
  for (const payload of [
    {},
    { query: null },
    { query: 7, documentId: 'd' },
    { id: 7 },
    { extensions: { persistedQuery: 'h' } },
    { extensions: {} },
  ]) {
    assert.equal(readRequest(payload), "'query' must be a string", JSON.stringify(payload));
  }
  assert.equal(readRequest({ documentId: 7, query: 'q' }), "'documentId' must be a string, null or absent");
});
