import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GraphQLSchema } from 'graphql';
import { loadSchema } from '../../src/schema/load-schema.ts';
import { problemsOf } from './load-or-problems.ts';

function schemaOf(text: string): GraphQLSchema {
  return loadSchema({ file: 'a', text }).schema;
}

function argumentsOf(schema: GraphQLSchema, root: 'Query' | 'Subscription', field: string): string[] | undefined {
  const type = root === 'Query' ? schema.getQueryType() : schema.getSubscriptionType();
  return type?.getFields()[field]?.args.map(({ name, type: of }) => `${name}: ${String(of)}`);
}

const REPLAY_TYPES = ['ReplayFrom', 'PageInfo', 'AConnection', 'AEdge'];

function replayTypes(schema: GraphQLSchema): string[] {
  return REPLAY_TYPES.filter((name) => schema.getType(name) !== undefined);
}

const PAGE = ['first: Int', 'after: Cursor', 'last: Int', 'before: Cursor', 'since: DateTime', 'until: DateTime'];

describe('design §1, §8: replay and history of topics that keep events', () => {
  for (const delivery of ['BUFFERED', 'DURABLE']) {
    test(`${delivery}: from on the subscription, a history field, and their types`, () => {
      const schema = schemaOf(`type A @topic(name: "a.{b}", delivery: ${delivery}) { b: ID! }`);
      assert.deepEqual(argumentsOf(schema, 'Subscription', 'a'), ['b: ID!', 'from: ReplayFrom', 'where: AFilter']);
      assert.deepEqual(argumentsOf(schema, 'Query', 'aHistory'), ['b: ID!', ...PAGE, 'where: AFilter']);
      assert.deepEqual(replayTypes(schema), REPLAY_TYPES);
    });
  }

  test('EPHEMERAL: none of them', () => {
    const schema = schemaOf('type A @topic(name: "a.{b}", delivery: EPHEMERAL) { b: ID! }');
    assert.deepEqual(argumentsOf(schema, 'Subscription', 'a'), ['b: ID!', 'where: AFilter']);
    assert.deepEqual(Object.keys(schema.getQueryType()?.getFields() ?? {}), ['topics']);
    assert.deepEqual(replayTypes(schema), []);
  });

  test('the parameters of a wildcard topic are optional in its history too', () => {
    const schema = schemaOf('type A @topic(name: "a.{b}.{c}", delivery: DURABLE, wildcard: true) { b: ID! c: Int! }');
    assert.deepEqual(argumentsOf(schema, 'Query', 'aHistory')?.slice(0, 2), ['b: ID', 'c: Int']);
  });

  test('query names the history field, or leaves it out with its types', () => {
    const named = loadSchema({
      file: 'a',
      text: 'type A @topic(name: "a", delivery: DURABLE, query: "all") { id: ID }',
    });
    assert.equal(named.topics[0]?.fields.history, 'all');
    assert.deepEqual(argumentsOf(named.schema, 'Query', 'all'), [...PAGE, 'where: AFilter']);
    const without = loadSchema({
      file: 'a',
      text: 'type A @topic(name: "a", delivery: DURABLE, query: null) { id: ID }',
    });
    assert.equal(without.topics[0]?.fields.history, undefined);
    assert.deepEqual(replayTypes(without.schema), ['ReplayFrom']);
  });

  test('a topic that is only read back has its filter, and no ReplayFrom', () => {
    const text = 'type A @topic(name: "a", delivery: DURABLE, subscription: null, mutation: null) { id: ID }';
    const schema = schemaOf(text);
    assert.equal(schema.getSubscriptionType(), undefined);
    assert.deepEqual(argumentsOf(schema, 'Query', 'aHistory'), [...PAGE, 'where: AFilter']);
    assert.deepEqual(replayTypes(schema), ['PageInfo', 'AConnection', 'AEdge']);
  });

  test('events without anything to filter by have no where', () => {
    const schema = schemaOf('union A @topic(name: "a", delivery: DURABLE) = B | C\ntype B { b: ID }\ntype C { c: ID }');
    assert.deepEqual(argumentsOf(schema, 'Query', 'aHistory'), PAGE);
  });

  test('Relay: nodes and the cursors of PageInfo may be null, all else may not', () => {
    const schema = schemaOf('type A @topic(name: "a", delivery: DURABLE) { id: ID }');
    const fieldsOf = (name: string): string[] => {
      const type = schema.getType(name);
      assert.ok(type !== undefined && 'getFields' in type);
      return Object.values(type.getFields()).map((field) => `${field.name}: ${String(field.type)}`);
    };
    assert.deepEqual(fieldsOf('AConnection'), ['edges: [AEdge!]!', 'pageInfo: PageInfo!']);
    assert.deepEqual(fieldsOf('AEdge'), ['cursor: Cursor!', 'node: A']);
    assert.deepEqual(fieldsOf('PageInfo'), [
      'hasNextPage: Boolean!',
      'hasPreviousPage: Boolean!',
      'startCursor: Cursor',
      'endCursor: Cursor',
    ]);
  });
});

describe('what is wrong with a topic that keeps events', () => {
  const rows: readonly [rule: string, schema: string, message: RegExp, fix: RegExp][] = [
    [
      'neither subscription nor mutation nor history',
      'type A @topic(name: "a", delivery: DURABLE, subscription: null, mutation: null, query: null) { id: ID }',
      /without subscription, mutation and history, nobody can use/,
      /Remove one/,
    ],
    [
      'foreignWriters on an EPHEMERAL topic',
      'type A @topic(name: "a", delivery: EPHEMERAL, foreignWriters: false) { id: ID }',
      /"foreignWriters" means nothing here/,
      /delivery: BUFFERED/,
    ],
    [
      'foreignWriters on a DURABLE topic',
      'type A @topic(name: "a", delivery: DURABLE, foreignWriters: true) { id: ID }',
      /"foreignWriters" means nothing here: .* whoever writes/,
      /delivery: BUFFERED/,
    ],
    [
      'foreignWriters that is no Boolean',
      'type A @topic(name: "a", delivery: BUFFERED, foreignWriters: "no") { id: ID }',
      /must be true or false/,
      /foreignWriters: true/,
    ],
  ];
  for (const [rule, schema, message, fix] of rows) {
    test(rule, () => {
      const problems = problemsOf(schema);
      assert.equal(problems.length, 1, JSON.stringify(problems));
      assert.match(problems[0]?.message ?? '', message);
      assert.match(problems[0]?.fix ?? '', fix);
    });
  }
});
