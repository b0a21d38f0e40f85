import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readManifest } from '../../../src/operation/persisted/manifest.ts';

const APOLLO = { format: 'apollo-persisted-query-manifest', version: 1 };
const problemsOf = (value: unknown): readonly string[] => readManifest(JSON.stringify(value)).problems;

test('A61: a manifest of Relay: ids and documents', () => {
  assert.deepEqual(readManifest('{"a1":"{ topics { name } }","__proto__":"{ __typename }"}'), {
    entries: [
      { id: 'a1', text: '{ topics { name } }', name: undefined, kind: undefined },
      { id: '__proto__', text: '{ __typename }', name: undefined, kind: undefined },
    ],
    problems: [],
  });
});

test('A61: a manifest of Apollo: id, body, name and type', () => {
  const operations = [{ id: 'a1', name: 'T', type: 'query', body: 'query T { topics { name } }', clientName: 'web' }];
  assert.deepEqual(readManifest(JSON.stringify({ ...APOLLO, operations })), {
    entries: [{ id: 'a1', text: 'query T { topics { name } }', name: 'T', kind: 'query' }],
    problems: [],
  });
});

test('what is no manifest is said, all at once', () => {
  assert.match(readManifest('{').problems[0] ?? '', /^It is not valid JSON: /);
  assert.match(problemsOf([])[0] ?? '', /^It is not a JSON object/);
  assert.match(
    problemsOf({ format: 'x', operations: [] })[0] ?? '',
    /^Its format is not apollo-persisted-query-manifest/,
  );
  assert.match(problemsOf({ ...APOLLO, version: 2, operations: [] })[0] ?? '', /^Its version is not 1/);
  assert.match(problemsOf({ ...APOLLO, operations: {} })[0] ?? '', /^Its operations are not an array/);
  assert.deepEqual(
    problemsOf({ ...APOLLO, operations: [{ id: 'a' }, 7, { id: 'b', body: 'x' }, { id: 'b', body: 'y' }] }),
    [
      'Operation 1 needs an id and a body, both texts that are not empty.',
      'Operation 2 needs an id and a body, both texts that are not empty.',
      'The id b is there twice.',
    ],
  );
  assert.equal(problemsOf({ a: 1, b: 'x', c: '' }).length, 2);
});
