import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { StartError } from '../../../src/error/start-error.ts';
import type { DocumentRules } from '../../../src/operation/document.ts';
import { DEFAULT_LIMITS } from '../../../src/operation/limits.ts';
import { readPersisted } from '../../../src/operation/persisted/read-persisted.ts';
import { readTrustedDocuments } from '../../../src/operation/persisted/trusted-documents.ts';
import { loadSchema } from '../../../src/schema/load-schema.ts';

const { schema } = loadSchema({
  file: 'schema.graphql',
  text: 'type Sale @topic(name: "sales.{shop}", delivery: EPHEMERAL) { id: ID!  shop: ID! }',
});
const RULES: DocumentRules = { schema, limits: DEFAULT_LIMITS, introspection: true };

const problemsOf = (manifest: unknown, rules = RULES): readonly string[] =>
  readTrustedDocuments(JSON.stringify(manifest), rules).problems;

test('A61: good documents are ready to run, by their ids', () => {
  const text = 'query Topics { topics { name } }';
  const { documents, problems } = readTrustedDocuments(JSON.stringify({ a1: text }), RULES);
  assert.deepEqual(problems, []);
  assert.equal(documents.get('a1')?.text, text);
  assert.equal(documents.get('a1')?.checked.operations[0]?.name?.value, 'Topics');
});

test('A61: every bad document is named with id, line and rule, all at once', () => {
  assert.deepEqual(
    problemsOf({
      one: '{\n  topics {\n    nam\n  }\n}',
      two: '{ topics { name }',
      three: 'query ($a: Int) { topics { name } }\nfragment F on Query { topics { name } }',
      good: '{ topics { name } }',
      deep: `{ ${'a { '.repeat(30)}a${' }'.repeat(30)} }`,
    }),
    [
      'one, line 3: Cannot query field "nam" on type "TopicInfo". Did you mean "name"? (FieldsOnCorrectType)',
      'two, line 1: Syntax Error: Expected Name, found <EOF>. (GRAPHQL_PARSE_FAILED)',
      'three, line 2: Fragment "F" is never used. (NoUnusedFragments)',
      'three, line 1: Variable "$a" is never used. (NoUnusedVariables)',
      'deep: The selection is 31 deep; at most 20 are allowed. (maxDepth)',
    ],
  );
});

test('A71: a document that asks for introspection is a problem where introspection is off', () => {
  const manifest = { a1: '{ __schema { types { name } } }' };
  assert.deepEqual(problemsOf(manifest), []);
  assert.match(problemsOf(manifest, { ...RULES, introspection: false })[0] ?? '', /^a1: Introspection is switched off/);
});

test('what a manifest of Apollo says of a document has to be true', () => {
  const body = 'query Topics { topics { name } }';
  const operations = [
    { id: 'a', body, name: 'Topics', type: 'query' },
    { id: 'b', body, name: 'Other', type: 'query' },
    { id: 'c', body, name: 'Topics', type: 'mutation' },
  ];
  assert.deepEqual(problemsOf({ format: 'apollo-persisted-query-manifest', version: 1, operations }), [
    'b: the document has no operation of the name Other.',
    'c: the document has no mutation of the name Topics.',
  ]);
});

test('a manifest that cannot be read, or is bad, stops the start with the name of its file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-manifest-'));
  try {
    const file = join(folder, 'm.json');
    const read = (): Promise<unknown> => readPersisted({ operationsFile: file, operationsOnly: true }, RULES);
    await assert.rejects(
      read,
      (error) => error instanceof StartError && /m\.json cannot be read: ENOENT/.test(error.message),
    );
    writeFileSync(file, '{"a":"{ x }","b":"{ y }"}');
    await assert.rejects(
      read,
      (error) =>
        error instanceof StartError &&
        error.problems.length === 2 &&
        error.problems.every((problem) => problem.startsWith(`${file}: `)),
    );
    writeFileSync(file, '{"a":"{ __typename }"}');
    assert.partialDeepStrictEqual(await read(), { only: true });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
