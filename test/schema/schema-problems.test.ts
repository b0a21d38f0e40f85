import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemsOf } from './load-or-problems.ts';

test('issue 3: a schema with ten mistakes reports ten, in the order of the file', () => {
  const problems = problemsOf(`
    type Query { a: ID }
    type A @topic(name: "a.{idd}", delivery: EPHEMERAL) { id: ID! }
    type B @topic(name: "b.{id}", delivery: BUFFERED, wildcard: true) { id: ID! }
    type C @topic(name: "c", delivery: EPHEMERAL, retention: "1h") { id: ID! }
    type D @topic(name: "b.x", delivery: DURABLE) { id: ID! }
    type E @topic(name: "e", delivery: DURABLE) { self: E! }
    type F @topic(name: "f", delivery: DURABLE, unknown: 1) { id: Nothing }
    type G @topic(name: "g.{from}", delivery: DURABLE) { from: ID! }
    enum GFilter { X }
  `);
  const gists = [
    /derived/,
    /"idd"/,
    /wildcard/,
    /retention/,
    /same topic/,
    /without end/,
    /"unknown"/,
    /"Nothing"/,
    /"from" is taken/,
    /GFilter/,
  ];
  assert.equal(problems.length, 10, JSON.stringify(problems, null, 1));
  for (const [place, gist] of gists.entries()) assert.match(problems[place]?.message ?? '', gist);
  assert.deepEqual(
    problems.map(({ line }) => line),
    [2, 3, 4, 5, 6, 7, 8, 8, 9, 10],
  );
});

test('schemas that come close to a rule are accepted', () => {
  for (const schema of [
    'type A @topic(name: "a.{id}", delivery: DURABLE, partitions: 200, placement: KEY) { id: ID! }',
    'type A @topic(name: "a.{from as sender}", delivery: EPHEMERAL) { from: ID! }',
    'type A @topic(name: "a", delivery: EPHEMERAL, mutation: null) { b: B! }\ntype B { b: B! }',
    'type A @topic(name: "a", delivery: EPHEMERAL) { b: B! }\ntype B { b: [B!]! a: A }',
    'type A @topic(name: "a", delivery: EPHEMERAL, query: null) { id: ID }\nenum AConnection { X }\nextend type A { c: AConnection }',
    'type A @topic(name: "a.{id}", delivery: EPHEMERAL) { id: ID! }\ntype B @topic(name: "a.{id}.b", delivery: BUFFERED) { id: ID! }',
    'union U @topic(name: "u.{id}", delivery: DURABLE, key: "n,id") = A | B\ntype A { id: Int! n: Float! }\ntype B { id: Int! n: Float! }',
    'scalar ID scalar JSON type A @topic(name: "a", delivery: EPHEMERAL) { id: JSON }',
    'interface I { id: ID! } type A implements I @topic(name: "a", delivery: EPHEMERAL) { id: ID! }',
  ]) {
    assert.deepEqual(problemsOf(schema), [], schema);
  }
});
