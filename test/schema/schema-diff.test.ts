import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSchema } from '../../src/schema/load-schema.ts';
import { type SchemaDiff, schemaDiff } from '../../src/schema/schema-diff.ts';

const BASE = 'type A @topic(name: "as", delivery: BUFFERED) { id: ID!  kind: Kind! }  enum Kind { X Y }';

function diff(before: string, after: string): SchemaDiff {
  return schemaDiff(loadSchema({ file: 'a', text: before }), loadSchema({ file: 'a', text: after }));
}

test('an equal schema has no difference', () => {
  assert.deepEqual(diff(BASE, BASE), { lines: [], breaking: [] });
});

test('topics, fields and values are told when they come, go and change; what is derived is not told again', () => {
  const after = `
    type A @topic(name: "as", delivery: BUFFERED, maxEvents: 5) { id: String!  kind: Kind!  more: Int }  enum Kind { X Z }
    type B @topic(name: "bs", delivery: EPHEMERAL) { id: ID! }
  `;
  const { lines, breaking } = diff(BASE, after);
  assert.deepEqual(lines, [
    '~ topic as: A, BUFFERED, retentionMs 3600000, maxEvents 10000, foreignWriters true -> A, BUFFERED, retentionMs 3600000, maxEvents 5, foreignWriters true',
    '+ topic bs: B, EPHEMERAL',
    '~ A.id: ID! -> String!',
    '- Kind.Y',
    '+ A.more: Int',
    '+ Kind.Z: value',
    '+ B.id: ID!',
  ]);
  assert.ok(
    breaking.some((change) => /Kind.Y was removed/.test(change)),
    breaking.join('\n'),
  );
});

test('what only adds breaks nobody', () => {
  assert.deepEqual(diff(BASE, BASE.replace('id: ID!', 'id: ID!  more: Int')).breaking, []);
});
