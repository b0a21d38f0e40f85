import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { createMemoryBroker } from '../../src/broker/memory/broker.ts';
import type { Broker } from '../../src/broker/port.ts';
import { Hub } from '../../src/fanout/hub.ts';
import { parseJson } from '../../src/json/text.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { silentLogger } from '../../src/log/logger.ts';
import { GatewayMetrics } from '../../src/metrics/gateway-metrics.ts';
import { UNLIMITED_CALLER } from '../../src/operation/callers/callers.ts';
import { DEFAULT_LIMITS } from '../../src/operation/limits.ts';
import { createOperations } from '../../src/operation/operations.ts';
import type { Operations, PreparedOperation, RefusedOperation } from '../../src/operation/port.ts';
import { loadSchema } from '../../src/schema/load-schema.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ManualTurns } from '../support/manual-turns.ts';
import { type ReceivedResult, RecordingSink } from '../support/recording-sink.ts';

const SDL = `
enum Mood { HAPPY SAD }
type Author { name: String!  followers: Long }
type Message @topic(name: "chat.{room}", delivery: EPHEMERAL, wildcard: true) {
  id: ID!  room: ID!  author: Author!  text: String!  mood: Mood  tags: [String!]  stars: Int
}
type Seat @topic(name: "seats.{row}.{number}", delivery: EPHEMERAL) { row: Int!  number: Int!  taken: Boolean! }
type Order { total: Float! }
type Refund { reason: String }
type Maker { toString: String }
type Team @topic(name: "teams", delivery: EPHEMERAL) { name: String!  constructor: Maker }
union Sale @topic(name: "sales", delivery: EPHEMERAL, discriminator: "kind") = Order | Refund
`;

let broker: Broker;
let metrics: GatewayMetrics;
let hub: Hub;
let operations: Operations;
const turns = new ManualTurns();

beforeEach(async () => {
  const gateway = loadSchema({ file: 'schema.graphql', text: SDL });
  const clock = new ManualClock();
  metrics = new GatewayMetrics('test');
  broker = createMemoryBroker({
    clock,
    log: silentLogger,
    topics: gateway.topics.map((api) => api.topic),
    onBytes() {},
  });
  await broker.open();
  const bindings = new Map([['EPHEMERAL' as const, broker]]);
  hub = new Hub({ bindings, metrics, clock, nextTurn: turns.schedule, log: silentLogger });
  operations = createOperations({ gateway, bindings, hub, metrics, clock, limits: DEFAULT_LIMITS, log: silentLogger });
});

afterEach(async () => {
  hub.close();
  await broker.close();
  metrics.close();
});

function prepare(query: string, variables?: JsonObject, operationName?: string): PreparedOperation {
  return operations.prepare({ query, variables, operationName, extensions: undefined }, UNLIMITED_CALLER);
}

async function run(query: string, variables?: JsonObject): Promise<ReceivedResult> {
  const prepared = prepare(query, variables);
  assert.equal(prepared.type, 'single', JSON.stringify(prepared));
  assert.ok(prepared.type === 'single');
  return JSON.parse(await prepared.run()) as ReceivedResult;
}

function subscribe(query: string, variables?: JsonObject): { sink: RecordingSink } {
  const prepared = prepare(query, variables);
  assert.equal(prepared.type, 'subscription', JSON.stringify(prepared));
  assert.ok(prepared.type === 'subscription');
  const sink = new RecordingSink();
  prepared.subscribe(sink);
  return { sink };
}

function refusal(prepared: PreparedOperation): RefusedOperation {
  assert.equal(prepared.type, 'refused');
  assert.ok(prepared.type === 'refused');
  return prepared;
}

const PUBLISH = 'mutation ($event: MessageInput!) { publishMessage(event: $event) { topic delivery publishedAt } }';
const hello = { id: '1', room: 'a', author: { name: 'Ada' }, text: 'hello' };

describe('Operations - publish to subscribe', () => {
  test('a published event reaches the subscribers of its instance, projected', async () => {
    const { sink } = subscribe('subscription { said: message(room: "a") { text author { name } __typename } }');
    const other = subscribe('subscription { message(room: "b") { text } }');
    const receipt = await run(PUBLISH, { event: hello });
    assert.deepEqual(receipt.errors, undefined);
    assert.partialDeepStrictEqual(receipt.data, { publishMessage: { topic: 'chat.{room}', delivery: 'EPHEMERAL' } });
    turns.turn();
    assert.deepEqual(
      sink.results.map((result) => result.data),
      [{ said: { text: 'hello', author: { name: 'Ada' }, __typename: 'Message' } }],
    );
    assert.deepEqual(other.sink.results, []);
    assert.equal(metrics.topic('chat.{room}', 'EPHEMERAL').publishes.get('acknowledged'), 1);
  });

  test('a wildcard subscription without arguments hears all; some of several parameters are refused', async () => {
    const { sink } = subscribe('subscription { message { room } }');
    await run(PUBLISH, { event: hello });
    await run(PUBLISH, { event: { ...hello, room: 'b' } });
    turns.turn();
    assert.deepEqual(
      sink.results.map((result) => result.data),
      [{ message: { room: 'a' } }, { message: { room: 'b' } }],
    );
  });

  test('where filters, with variables', async () => {
    const { sink } = subscribe(
      'subscription ($name: String!) { message(where: { author: { name: { eq: $name } }, stars: { gte: 3 } }) { text } }',
      { name: 'Ada' },
    );
    for (const event of [
      { ...hello, text: 'too few', stars: 2 },
      { ...hello, text: 'yes', stars: 3 },
      { ...hello, text: 'other', stars: 9, author: { name: 'Bob' } },
      { ...hello, text: 'none' },
    ]) {
      await run(PUBLISH, { event });
    }
    turns.turn();
    assert.deepEqual(
      sink.results.map((result) => result.data),
      [{ message: { text: 'yes' } }],
    );
  });

  test('integers beyond 2^53 in ID and Long fields arrive exactly', async () => {
    const { sink } = subscribe('subscription { message(room: "9007199254740993") { id author { followers } } }');
    const variables = parseJson(
      '{"event":{"id":9007199254740993,"room":9007199254740993,"text":"","author":{"name":"","followers":9223372036854775807}}}',
    ) as JsonObject;
    const receipt = await run(PUBLISH, variables);
    assert.equal(receipt.errors, undefined);
    turns.turn();
    assert.deepEqual(sink.results[0]?.data, {
      message: { id: '9007199254740993', author: { followers: '9223372036854775807' } },
    });
  });

  test('a union event is published through a @oneOf input and read by its discriminator', async () => {
    const { sink } = subscribe('subscription { sale { __typename ... on Refund { reason } ... on Order { total } } }');
    const done = await run(
      'mutation { a: publishSale(event: { refund: { reason: "late" } }) { topic } b: publishSale(event: { order: { total: 2.5 } }) { topic } }',
    );
    assert.equal(done.errors, undefined);
    turns.turn();
    assert.deepEqual(
      sink.results.map((result) => result.data),
      [{ sale: { __typename: 'Refund', reason: 'late' } }, { sale: { __typename: 'Order', total: 2.5 } }],
    );
  });

  test('a batch answers for every event, in order', async () => {
    const { sink } = subscribe('subscription { message(room: "a") { text } }');
    const result = await run(
      `mutation ($events: [MessageInput!]!) {
        publishMessageBatch(events: $events) { __typename ... on PublishReceipt { topic } ... on PublishFailure { code path message } }
      }`,
      { events: [hello, { ...hello, room: '\u0001' }, { ...hello, text: 'third' }] },
    );
    const results = result.data?.['publishMessageBatch'] as readonly Record<string, unknown>[];
    assert.deepEqual(
      results.map((item) => item['__typename']),
      ['PublishReceipt', 'PublishFailure', 'PublishReceipt'],
    );
    assert.equal(results[1]?.['code'], 'PUBLISH_REJECTED');
    assert.match(String(results[1]?.['message']), /room/);
    turns.turn();
    assert.deepEqual(
      sink.results.map((item) => (item.data?.['message'] as { text: string } | undefined)?.text),
      ['hello', 'third'],
    );
  });

  test('subscriptions that differ in layout, name and unread variables share one group', async () => {
    subscribe('subscription A { message(room: "a") { text } }');
    subscribe('subscription B($room: ID!) { message(room: $room) { text } }', { room: 'a' });
    subscribe('subscription { ...F } fragment F on Subscription { message(room: "a") { text } }');
    await run(PUBLISH, { event: hello });
    assert.equal(broker.tailCount(), 1);
    assert.equal(metrics.topic('chat.{room}', 'EPHEMERAL').events, 1);
  });
});

describe('Operations - refusals', () => {
  const bad: readonly [name: string, query: string, stage: string, code: string, message: RegExp][] = [
    ['P19: a syntax error', 'subscription {', 'syntax', 'GRAPHQL_PARSE_FAILED', /Syntax Error/],
    ['P19: an unknown field', '{ nothing }', 'validation', 'GRAPHQL_VALIDATION_FAILED', /nothing/],
    [
      'P80: two root fields',
      'subscription { message(room: "a") { id } seat(row: 1, number: 2) { row } }',
      'validation',
      'GRAPHQL_VALIDATION_FAILED',
      /one top level|only one/i,
    ],
    [
      'P81: an introspection root field',
      'subscription { __typename }',
      'validation',
      'GRAPHQL_VALIDATION_FAILED',
      /introspection/,
    ],
    [
      'P82: @skip at the root',
      'subscription ($s: Boolean!) { message(room: "a") @skip(if: $s) { id } }',
      'validation',
      'GRAPHQL_VALIDATION_FAILED',
      /@skip/,
    ],
    [
      'P82: @include in a root fragment',
      'subscription ($s: Boolean!) { ... @include(if: $s) { message(room: "a") { id } } }',
      'validation',
      'GRAPHQL_VALIDATION_FAILED',
      /@include/,
    ],
    [
      'an unknown operation name is not guessed',
      'query A { topics { name } } query B { topics { name } }',
      'operation',
      'OPERATION_RESOLUTION_FAILURE',
      /A, B/,
    ],
    [
      'a parameter that cannot name a topic',
      `subscription { message(room: "${'x'.repeat(200)}") { id } }`,
      'variables',
      'BAD_USER_INPUT',
      /128/,
    ],
    [
      'one of two parameters missing is a validation error',
      'subscription { seat(row: 1) { row } }',
      'validation',
      'GRAPHQL_VALIDATION_FAILED',
      /number/,
    ],
  ];
  for (const [name, query, stage, code, message] of bad) {
    test(name, () => {
      const refused = refusal(prepare(query));
      assert.equal(refused.stage, stage, JSON.stringify(refused.errors));
      assert.equal(refused.errors[0]?.extensions.code, code);
      assert.match(refused.errors[0]?.message ?? '', message);
    });
  }

  test('an event that does not fit its type is refused before the broker, with the path of every wrong field', () => {
    const refused = refusal(
      prepare(PUBLISH, {
        event: { id: '1', room: 'a', author: { name: 7 }, mood: 'ANGRY', tags: ['x', 3], surplus: 1 },
      }),
    );
    assert.equal(refused.stage, 'variables');
    const messages = refused.errors.map((error) => error.message).join('\n');
    for (const path of [/author\.name/, /mood/, /tags\[1\]/, /surplus/, /text/]) assert.match(messages, path);
    for (const error of refused.errors) assert.equal(error.extensions.code, 'BAD_USER_INPUT');
    assert.deepEqual([...metrics.topic('chat.{room}', 'EPHEMERAL').publishes.values()], [0, 0, 0, 0]);
  });

  test('F19: an event above the limit is rejected before the broker', async () => {
    const result = await run(PUBLISH, { event: { ...hello, text: 'x'.repeat(1_100_000) } });
    assert.equal(result.errors?.[0]?.extensions?.['code'], 'PUBLISH_REJECTED');
    assert.deepEqual(result.errors?.[0]?.path, ['publishMessage']);
    assert.equal(metrics.topic('chat.{room}', 'EPHEMERAL').publishes.get('rejected'), 1);
  });

  test('P95: a closed broker answers BROKER_UNAVAILABLE, and the siblings of a failed field keep their answers', async () => {
    await broker.close();
    const result = await run('mutation { publishSale(event: { refund: {} }) { topic } }');
    assert.equal(result.data?.['publishSale'], null);
    assert.equal(result.errors?.[0]?.extensions?.['code'], 'BROKER_UNAVAILABLE');
  });
});

describe('Operations - events that do not fit', () => {
  test('P84, P97: a foreign event with a wrong field carries errors in that next only; the stream lives', async () => {
    const { sink } = subscribe('subscription { message(room: "a") { text stars } }');
    const topic = loadSchema({ file: 'schema.graphql', text: SDL }).topics[0]?.topic;
    assert.ok(topic !== undefined);
    const instance = 'chat.a' as Parameters<Broker['publish']>[0]['instance'];
    for (const value of ['{"room":"a","text":"x","stars":"many"}', '{"room":"a"}', '{"room":"a","text":"ok"}']) {
      await broker.publish({ topic, instance, key: undefined, value, attributes: new Map() });
    }
    turns.turn();
    const [wrongLeaf, missing, fine] = sink.results;
    assert.deepEqual(wrongLeaf?.data, { message: { text: 'x', stars: null } });
    assert.deepEqual(wrongLeaf?.errors?.[0]?.path, ['message', 'stars']);
    assert.equal(wrongLeaf?.errors?.[0]?.extensions?.['code'], 'EVENT_INVALID');
    assert.deepEqual(missing?.data, { message: null });
    assert.deepEqual(missing?.errors?.[0]?.path, ['message', 'text']);
    assert.deepEqual(fine, { data: { message: { text: 'ok', stars: null } } });
  });
});

describe('Operations - names that objects inherit', () => {
  test('A57: a field named constructor is a field like any other, given or left out, in events and filters', async () => {
    const { sink } = subscribe(
      'subscription ($where: TeamFilter) { team(where: $where) { name constructor { toString } } }',
      { where: { name: { startsWith: 'R' } } },
    );
    const publish = 'mutation ($event: TeamInput!) { publishTeam(event: $event) { topic } }';
    for (const event of [{ name: 'R1' }, { name: 'R2', constructor: { toString: 'Ferrari' } }]) {
      assert.equal((await run(publish, { event })).errors, undefined);
    }
    turns.turn();
    assert.deepEqual(
      sink.results.map((result) => result.data),
      [{ team: { name: 'R1', constructor: null } }, { team: { name: 'R2', constructor: { toString: 'Ferrari' } } }],
    );
  });
});

describe('Operations - queries', () => {
  test('topics lists what the schema declares', async () => {
    const result = await run('{ topics { name type delivery } }');
    assert.deepEqual(result.data?.['topics'], [
      { name: 'chat.{room}', type: 'Message', delivery: 'EPHEMERAL' },
      { name: 'seats.{row}.{number}', type: 'Seat', delivery: 'EPHEMERAL' },
      { name: 'teams', type: 'Team', delivery: 'EPHEMERAL' },
      { name: 'sales', type: 'Sale', delivery: 'EPHEMERAL' },
    ]);
  });

  test('introspection works', async () => {
    const result = await run('{ __schema { subscriptionType { fields { name } } } }');
    assert.equal(result.errors, undefined);
  });
});
