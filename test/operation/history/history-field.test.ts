import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { Hub } from '../../../src/fanout/hub.ts';
import type { JsonObject } from '../../../src/json/value.ts';
import { silentLogger } from '../../../src/log/logger.ts';
import { GatewayMetrics } from '../../../src/metrics/gateway-metrics.ts';
import { UNLIMITED_CALLER } from '../../../src/operation/callers/callers.ts';
import { DEFAULT_LIMITS } from '../../../src/operation/limits.ts';
import { createOperations } from '../../../src/operation/operations.ts';
import type { Operations } from '../../../src/operation/port.ts';
import { CursorScope } from '../../../src/routing/cursor.ts';
import type { TopicInstance, TopicName } from '../../../src/routing/topic.ts';
import { loadSchema } from '../../../src/schema/load-schema.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { ManualTurns } from '../../support/manual-turns.ts';
import type { ReceivedResult } from '../../support/recording-sink.ts';
import { brokerOfLog, ModelLog, place } from './model-log.ts';
import { quake } from './quakes.ts';

const SDL = `
interface Event { id: ID! }
type Quake implements Event @topic(name: "quakes.{network}", delivery: DURABLE, wildcard: true) {
  id: ID!  network: ID!  magnitude: Float!  felt: Int  constructor: String
}
union Step @topic(name: "steps", delivery: DURABLE, discriminator: "kind", query: "steps") = Begun | Done
type Begun { at: Int }
type Done { result: Long }
`;

let log: ModelLog;
let metrics: GatewayMetrics;
let hub: Hub;
let operations: Operations;

beforeEach(() => {
  log = new ModelLog([[], []]);
  const gateway = loadSchema({ file: 'schema.graphql', text: SDL });
  const clock = new ManualClock();
  metrics = new GatewayMetrics('test');
  const bindings = new Map([['DURABLE' as const, brokerOfLog(log)]]);
  hub = new Hub({ bindings, metrics, clock, nextTurn: new ManualTurns().schedule, log: silentLogger });
  operations = createOperations({ gateway, bindings, hub, metrics, clock, limits: DEFAULT_LIMITS, log: silentLogger });
});

afterEach(() => {
  hub.close();
  metrics.close();
});

async function run(query: string, variables?: JsonObject, extensions?: JsonObject): Promise<ReceivedResult> {
  const prepared = operations.prepare({ query, variables, operationName: undefined, extensions }, UNLIMITED_CALLER);
  assert.ok(prepared.type === 'single', JSON.stringify(prepared));
  return JSON.parse(await prepared.run()) as ReceivedResult;
}

/** The value of the field `h`. */
function pageOf(result: ReceivedResult): {
  edges: { cursor?: string; node: Record<string, unknown> | null }[];
  pageInfo?: Record<string, unknown>;
} {
  assert.ok(result.data?.['h'] !== undefined && result.data['h'] !== null, JSON.stringify(result));
  return result.data['h'] as ReturnType<typeof pageOf>;
}

test('issue 4: a page comes with its cursors, and an alias or a wildcard changes nothing', async () => {
  log.append(0, 1, quake('a'));
  log.append(1, 2, quake('b', 2, 'nz'));
  log.append(0, 3, quake('c'));
  const result = await run(
    '{ h: quakeHistory { edges { cursor node { id network magnitude constructor __typename } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }',
  );
  assert.equal(result.errors, undefined);
  const { edges, pageInfo } = pageOf(result);
  assert.deepEqual(
    edges.map(({ node }) => node),
    [
      { id: 'a', network: 'us', magnitude: 1, constructor: null, __typename: 'Quake' },
      { id: 'b', network: 'nz', magnitude: 2, constructor: null, __typename: 'Quake' },
      { id: 'c', network: 'us', magnitude: 1, constructor: null, __typename: 'Quake' },
    ],
  );
  assert.deepEqual(pageInfo, {
    hasNextPage: false,
    hasPreviousPage: false,
    startCursor: edges[0]?.cursor,
    endCursor: edges[2]?.cursor,
  });
  const scope = new CursorScope('quakes.{network}' as TopicName, undefined);
  assert.deepEqual(scope.decode(edges[1]?.cursor ?? '')?.partitions, [place(1), place(1)]);
});

test('P97: what cannot be read is a null node with EVENT_INVALID at its path, where included; its neighbours are there', async () => {
  log.append(0, 1, quake('a', 9));
  log.append(0, 2, 'no JSON');
  log.append(0, 3, '{"id":"c","network":"us","magnitude":9,"felt":"many"}');
  log.append(0, 4, '{"network":"us","magnitude":9}');
  log.append(0, 5, quake('e', 9));
  const result = await run(
    '{ h: quakeHistory(network: "us", where: { magnitude: { gt: 3 } }) { all: edges { node { id felt } } edges { node { network } } } }',
  );
  const page = result.data?.['h'] as { all: { node: unknown }[]; edges: { node: unknown }[] };
  assert.deepEqual(
    page.all.map(({ node }) => node),
    [{ id: 'a', felt: null }, null, { id: 'c', felt: null }, null, { id: 'e', felt: null }],
  );
  assert.deepEqual(
    page.edges.map(({ node }) => node),
    [{ network: 'us' }, null, { network: 'us' }, { network: 'us' }, { network: 'us' }],
  );
  assert.deepEqual(result.errors?.map(({ path, extensions }) => [path?.join('.'), extensions?.['code']]).sort(), [
    ['h.all.1.node', 'EVENT_INVALID'],
    ['h.all.2.node.felt', 'EVENT_INVALID'],
    ['h.all.3.node.id', 'EVENT_INVALID'],
    ['h.edges.1.node', 'EVENT_INVALID'],
  ]);
  assert.ok(!JSON.stringify(result.errors).includes('no JSON'), 'A70: nothing of the record is quoted');
});

test('a union event names its type by the discriminator, and integers beyond 2^53 are exact', async () => {
  log.append(0, 1, '{"kind":"Begun","at":1}');
  log.append(0, 2, '{"kind":"Done","result":9223372036854775807}');
  log.append(0, 3, '{"kind":"Lost"}');
  const result = await run('{ h: steps { edges { node { __typename ... on Done { result } } } } }');
  assert.deepEqual(
    pageOf(result).edges.map(({ node }) => node),
    [{ __typename: 'Begun' }, { __typename: 'Done', result: '9223372036854775807' }, null],
  );
  assert.deepEqual(
    result.errors?.map(({ path, extensions }) => [path, extensions?.['code']]),
    [[['h', 'edges', 2, 'node'], 'EVENT_INVALID']],
  );
});

test('a cursor in the extensions of a query is one member more, and changes nothing', async () => {
  log.append(0, 1, quake('a'));
  const result = await run('{ h: quakeHistory { edges { node { id } } } }', undefined, { cursor: 7 });
  assert.deepEqual(pageOf(result).edges, [{ node: { id: 'a' } }]);
});

const FIELDS = '{ edges { node { id } } pageInfo { endCursor } }';

interface Refusal {
  readonly name: string;
  readonly args: string;
  readonly code: string;
  readonly message: RegExp;
  readonly facts?: Record<string, unknown>;
  /** Default `us`. */
  readonly network?: string;
}

const foreign = new CursorScope('quakes.{network}' as TopicName, 'quakes.nz' as TopicInstance);
const own = new CursorScope('quakes.{network}' as TopicName, 'quakes.us' as TopicInstance);
const cursor = (next: readonly number[], scope = own, id = new ModelLog([]).id): string =>
  JSON.stringify(scope.encode({ log: id, partitions: next.map(place) }));

const REFUSALS: readonly Refusal[] = [
  { name: 'first and last', args: 'first: 1, last: 1', code: 'BAD_USER_INPUT', message: /contradict/ },
  { name: 'first: -1', args: 'first: -1', code: 'BAD_USER_INPUT', message: /`first` must not be negative/ },
  { name: 'last: -5', args: 'last: -5', code: 'BAD_USER_INPUT', message: /`last` must not be negative/ },
  {
    name: 'first: 1001',
    args: 'first: 1001',
    code: 'LIMIT_EXCEEDED',
    message: /more than 1000/,
    facts: { limit: 'maxHistoryPage', value: 1_000 },
  },
  {
    name: 'last: 1e9',
    args: 'last: 1000000000',
    code: 'LIMIT_EXCEEDED',
    message: /more than 1000/,
    facts: { limit: 'maxHistoryPage', value: 1_000 },
  },
  {
    name: 'since = until, in other words',
    args: 'since: "2026-01-01T00:00:00Z", until: "2026-01-01T01:00:00+01:00"',
    code: 'BAD_USER_INPUT',
    message: /earlier than `until`/,
  },
  {
    name: 'since > until in the year 9999',
    args: 'since: "9999-12-31T23:59:59Z", until: "2026-01-01T00:00:00Z"',
    code: 'BAD_USER_INPUT',
    message: /earlier than `until`/,
  },
  {
    name: 'before on two partitions says why',
    args: `last: 1, before: ${cursor([1, 1])}`,
    code: 'BAD_USER_INPUT',
    message: /`before` needs a topic with one partition; this one has 2.*no one order/,
  },
  {
    name: 'before of the time when there was one partition, on two',
    args: `first: 1, before: ${cursor([1])}`,
    code: 'BAD_USER_INPUT',
    message: /this one has 2/,
  },
  {
    name: 'last with after on two partitions',
    args: `last: 1, after: ${cursor([1, 1])}`,
    code: 'BAD_USER_INPUT',
    message: /`last` with `after` needs a topic with one partition/,
  },
  {
    name: 'A55: a forged cursor',
    args: 'after: "AAAA"',
    code: 'CURSOR_EXPIRED',
    message: /no cursor of this topic/,
    facts: { reason: 'invalid', oldest: JSON.parse(cursor([1, 0])) },
  },
  {
    name: 'A55: a cursor of other parameters',
    args: `after: ${cursor([1, 1], foreign)}`,
    code: 'CURSOR_EXPIRED',
    message: /no cursor of this topic/,
    facts: { reason: 'invalid' },
  },
  {
    name: 'A55: an oversized cursor',
    args: `after: "${'A'.repeat(5_000)}"`,
    code: 'CURSOR_EXPIRED',
    message: /no cursor/,
    facts: { reason: 'invalid' },
  },
  {
    name: 'A55: a cursor of more partitions than there are',
    args: `after: ${cursor([1, 1, 1])}`,
    code: 'CURSOR_EXPIRED',
    message: /no cursor/,
    facts: { reason: 'invalid' },
  },
  {
    name: 'P93: a trimmed cursor',
    args: `after: ${cursor([0, 0])}`,
    code: 'CURSOR_EXPIRED',
    message: /no longer kept/,
    facts: { reason: 'trimmed', oldest: JSON.parse(cursor([1, 0])) },
  },
  {
    name: 'P93: a cursor of another log',
    args: `after: ${cursor([1, 1], own, '99999999-2222-4333-8444-555555555555')}`,
    code: 'CURSOR_EXPIRED',
    message: /made anew/,
    facts: { reason: 'recreated' },
  },
  {
    name: 'P93: a cursor of the future',
    args: `after: ${cursor([9, 0])}`,
    code: 'CURSOR_EXPIRED',
    message: /cut before it/,
    facts: { reason: 'truncated' },
  },
  {
    name: 'a parameter that names no topic',
    args: '',
    code: 'BAD_USER_INPUT',
    message: /128/,
    network: 'x'.repeat(200),
  },
];

for (const { name, args, code, message, facts, network = 'us' } of REFUSALS) {
  test(`bad input: ${name} → ${code}`, async () => {
    log.append(0, 1, quake('gone'));
    log.append(0, 2, quake('a'));
    log.append(1, 3, quake('b'));
    log.trim(0, 1);
    const list = [`network: "${network}"`, args].filter((part) => part !== '').join(', ');
    const result = await run(`{ h: quakeHistory(${list}) ${FIELDS} topics { name } }`);
    assert.equal(result.data?.['h'], null);
    assert.ok(Array.isArray(result.data?.['topics']), 'its siblings are answered');
    assert.equal(result.errors?.length, 1);
    assert.deepEqual(result.errors?.[0]?.path, ['h']);
    assert.match(result.errors?.[0]?.message ?? '', message);
    assert.partialDeepStrictEqual(result.errors?.[0]?.extensions, { code, ...facts });
  });
}

test('one log that is always trimmed ahead of its reader ends in CURSOR_EXPIRED after three tries, and is counted', async () => {
  log.append(0, 1, quake('a'));
  log.append(1, 1, quake('a'));
  log.onRead = () => {
    const end = log.ends[0] ?? 0;
    log.append(0, 2, quake('b'));
    log.trim(0, end);
  };
  const result = await run(`{ h: quakeHistory ${FIELDS} }`);
  assert.equal(result.errors?.[0]?.extensions?.['code'], 'CURSOR_EXPIRED');
  assert.match(await metrics.registry.metrics(), /sluice_cursor_expired_total\{reason="trimmed"\} 1/);
});

test('P95: a broker that is away is BROKER_UNAVAILABLE', async () => {
  log.away = 'no contact with Kafka';
  const result = await run(`{ h: quakeHistory ${FIELDS} }`);
  assert.equal(result.errors?.[0]?.extensions?.['code'], 'BROKER_UNAVAILABLE');
  // A70: why is for the log.
  assert.doesNotMatch(JSON.stringify(result), /no contact/);
});

test('a broker that fails unexpectedly is masked (A70)', async () => {
  log.onRead = () => {
    throw new Error('secret');
  };
  const result = await run(`{ h: quakeHistory ${FIELDS} }`);
  assert.equal(result.errors?.[0]?.extensions?.['code'], 'INTERNAL_SERVER_ERROR');
  assert.ok(!JSON.stringify(result).includes('secret'));
});
