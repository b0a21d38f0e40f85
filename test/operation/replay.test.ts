import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { createMemoryBroker } from '../../src/broker/memory/broker.ts';
import type { Broker } from '../../src/broker/port.ts';
import { Hub } from '../../src/fanout/hub.ts';
import type { SubscriptionPlan } from '../../src/fanout/plan.ts';
import type { JsonObject } from '../../src/json/value.ts';
import { silentLogger } from '../../src/log/logger.ts';
import { GatewayMetrics } from '../../src/metrics/gateway-metrics.ts';
import { UNLIMITED_CALLER } from '../../src/operation/callers/callers.ts';
import { DEFAULT_LIMITS } from '../../src/operation/limits.ts';
import { createOperations } from '../../src/operation/operations.ts';
import type { Operations, PreparedOperation } from '../../src/operation/port.ts';
import { loadSchema } from '../../src/schema/load-schema.ts';
import { eventually } from '../support/eventually.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ManualTurns } from '../support/manual-turns.ts';
import { RecordingSink } from '../support/recording-sink.ts';

const SDL = `
type Message @topic(name: "chat", delivery: EPHEMERAL) { text: String! }
type Order @topic(name: "orders.{customerId}", delivery: DURABLE) { id: ID!  customerId: ID! }
`;

let broker: Broker;
let hub: Hub;
let metrics: GatewayMetrics;
let operations: Operations;

beforeEach(async () => {
  const gateway = loadSchema({ file: 'schema.graphql', text: SDL });
  const clock = new ManualClock();
  metrics = new GatewayMetrics('test');
  const topics = gateway.topics.map((api) => api.topic).filter(({ policy }) => policy.delivery === 'EPHEMERAL');
  broker = createMemoryBroker({ clock, log: silentLogger, topics, onBytes() {} });
  await broker.open();
  const bindings = new Map([['EPHEMERAL' as const, broker]]);
  hub = new Hub({ bindings, metrics, clock, nextTurn: new ManualTurns().schedule, log: silentLogger });
  operations = createOperations({ gateway, bindings, hub, metrics, clock, limits: DEFAULT_LIMITS, log: silentLogger });
});

afterEach(async () => {
  hub.close();
  await broker.close();
  metrics.close();
});

function prepare(query: string, variables?: JsonObject, extensions?: JsonObject): PreparedOperation {
  return operations.prepare({ query, variables, operationName: undefined, extensions }, UNLIMITED_CALLER);
}

/** The plan that the hub would be given. */
function planOf(prepared: PreparedOperation): SubscriptionPlan {
  assert.ok(prepared.type === 'subscription', JSON.stringify(prepared));
  const plans: SubscriptionPlan[] = [];
  const attach = mock.method(hub, 'attach', (plan: SubscriptionPlan) => {
    plans.push(plan);
    return { end() {}, resume() {}, cursor: () => undefined };
  });
  prepared.subscribe(new RecordingSink());
  attach.mock.restore();
  const [plan] = plans;
  assert.ok(plan !== undefined);
  return plan;
}

const BY_VARIABLE = 'subscription ($from: ReplayFrom) { order(customerId: "a", from: $from) { id } }';

test('P91: from, as a literal or a variable, becomes the start of the plan, and no part of what groups are told apart by', () => {
  const live = planOf(prepare('subscription { order(customerId: "a") { id } }'));
  assert.deepEqual(live.start, { type: 'live' });
  const literal = planOf(prepare('subscription { order(customerId: "a", from: { last: 5 }) { id } }'));
  assert.deepEqual(literal.start, { type: 'last', count: 5 });
  const variable = planOf(prepare(BY_VARIABLE, { from: { earliest: true } }));
  assert.deepEqual(variable.start, { type: 'earliest' });
  const cursor = planOf(prepare(BY_VARIABLE, { from: { earliest: true } }, { cursor: 'abc' }));
  assert.deepEqual(cursor.start, { type: 'cursor', cursor: 'abc' });
  for (const plan of [literal, variable, cursor]) {
    assert.deepEqual([plan.selectionKey, plan.filterKey], [live.selectionKey, live.filterKey]);
  }
});

const REFUSALS: readonly [
  name: string,
  from: JsonObject | null,
  extensions: JsonObject | undefined,
  code: string,
  message: RegExp,
][] = [
  ['earliest: false', { earliest: false }, undefined, 'BAD_USER_INPUT', /earliest: false/],
  ['last: 0', { last: 0 }, undefined, 'BAD_USER_INPUT', /last: 0/],
  ['last: 1e9', { last: 1e9 }, undefined, 'LIMIT_EXCEEDED', /10000/],
  ['last beyond Int', { last: 1e10 }, undefined, 'BAD_USER_INPUT', /32-bit/],
  ['a time beyond the year 9999', { time: '10000-01-01T00:00:00Z' }, undefined, 'BAD_USER_INPUT', /DateTime/],
  ['two starting points', { earliest: true, last: 1 }, undefined, 'BAD_USER_INPUT', /one/i],
  ['none', {}, undefined, 'BAD_USER_INPUT', /one/i],
  ['an extensions.cursor that is no text', null, { cursor: [] }, 'BAD_USER_INPUT', /extensions of the request/],
];

for (const [name, from, extensions, code, message] of REFUSALS) {
  test(`bad input: ${name} is refused before anything is attached`, () => {
    const refused = prepare(BY_VARIABLE, { from }, extensions);
    assert.ok(refused.type === 'refused');
    assert.equal(refused.stage, 'variables');
    assert.equal(refused.errors[0]?.extensions.code, code);
    assert.match(refused.errors[0]?.message ?? '', message);
    if (code === 'LIMIT_EXCEEDED') assert.equal(refused.errors[0]?.extensions['limit'], 'maxReplayLast');
  });
}

test('an EPHEMERAL topic has no from', () => {
  const refused = prepare('subscription { message(from: { earliest: true }) { text } }');
  assert.ok(refused.type === 'refused');
  assert.equal(refused.stage, 'validation');
});

test('P93: a cursor on an EPHEMERAL topic is CURSOR_EXPIRED, and ends the subscription', async () => {
  const prepared = prepare('subscription { message { text } }', undefined, { cursor: 'abc' });
  assert.ok(prepared.type === 'subscription');
  const sink = new RecordingSink();
  prepared.subscribe(sink);
  await eventually(() => sink.errors.length > 0, { what: 'an error' });
  assert.partialDeepStrictEqual(sink.errors[0]?.[0]?.extensions, { code: 'CURSOR_EXPIRED', reason: 'invalid' });
});

test('a cursor in the extensions of a mutation is one member more, and changes nothing; EPHEMERAL receipts have none', async () => {
  const prepared = prepare(
    'mutation { publishMessage(event: { text: "a" }) { topic cursor publishedAt offset } }',
    undefined,
    { cursor: 7 },
  );
  assert.ok(prepared.type === 'single');
  const result = JSON.parse(await prepared.run()) as { data: { publishMessage: Record<string, unknown> } };
  assert.partialDeepStrictEqual(result.data.publishMessage, { topic: 'chat', cursor: null, offset: null });
});
