import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { LOOPBACK_LIMITS } from '../../src/config/limit-options.ts';
import { eventually } from '../support/eventually.ts';
import { request, type Subscription, subscribe } from '../support/graphql-client.ts';
import type { ReceivedResult } from '../support/recording-sink.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { type Answer, type Ask, askAll, type Request, WAYS } from './four-ways.ts';
import { type RunningGateway, startTestGateway } from './running-gateway.ts';

const SCHEMA = `
type Order @topic(name: "orders", delivery: DURABLE) { id: ID! }
type Job @topic(name: "jobs.{queue}", delivery: BUFFERED) { id: ID!  queue: ID!  size: Int!  owner: Owner  parts: [Part!] }
type Owner { name: String! }
type Part { name: String! }
type Chat @topic(name: "chat.{room}", delivery: EPHEMERAL) { room: ID!  text: String! }
`;

/** Rules of subscriptions and of what Sluice adds, over real sockets, against a real Redis and the embedded log. */
describe('the protocol of a whole gateway', () => {
  let folder: string;
  let redis: RedisServer;
  let gateway: RunningGateway;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-protocol-'));
    await writeFile(join(folder, 'schema.graphql'), SCHEMA);
    redis = await startRedisServer();
    gateway = await startTestGateway({
      schemaFile: join(folder, 'schema.graphql'),
      dataFolder: join(folder, 'data'),
      redis: { url: redis.url },
      limits: { ...LOOPBACK_LIMITS, maxDepth: 6 },
    });
  });
  after(async () => {
    await gateway.stop();
    await redis.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function publish(mutation: string): Promise<Readonly<Record<string, unknown>>> {
    const result = await request(gateway.url, `mutation { receipt: ${mutation} }`);
    assert.equal(result.errors, undefined, JSON.stringify(result.errors));
    return result.data?.['receipt'] as Readonly<Record<string, unknown>>;
  }

  /** Publishes events with ids of their own until the subscription gets one: then it is attached. */
  async function attached(subscription: Subscription, mutation: (id: string) => string): Promise<void> {
    let count = 0;
    await eventually(async () => {
      count += 1;
      await publish(mutation(`probe-${count}`));
      assert.equal(subscription.failure, undefined, JSON.stringify(subscription.failure));
      return subscription.results.length > 0;
    });
  }

  const order = (id: string): string => `publishOrder(event: { id: "${id}" }) { topic cursor }`;
  const job = (queue: string, id: string): string =>
    `publishJob(event: { id: "${id}", queue: "${queue}", size: 1 }) { topic cursor streamId }`;
  const chat = (room: string, text: string): string =>
    `publishChat(event: { room: "${room}", text: "${text}" }) { topic }`;
  const idOf = (result: ReceivedResult | undefined, field: string): unknown =>
    (result?.data?.[field] as { id?: unknown } | null | undefined)?.id;
  /** What another service writes, straight into the stream. */
  const write = (queue: string, event: unknown): Promise<string> =>
    redis.cli('XADD', `jobs.${queue}`, '*', 'data', typeof event === 'string' ? event : JSON.stringify(event));

  const refused: readonly (readonly [name: string, query: string, message: RegExp])[] = [
    ['P80: two root fields', 'subscription { order { id } chat(room: "a") { text } }', /only one|one top level/i],
    [
      'P80: two root fields by a fragment',
      'subscription { order { id } ...F } fragment F on Subscription { b: order { id } }',
      /only one|one top level/i,
    ],
    ['P81: a root field of introspection', 'subscription { __typename }', /introspection/i],
    ['P81: the schema as a root field', 'subscription { __schema { queryType { name } } }', /introspection/i],
    ['P82: @skip at the root', 'subscription { order @skip(if: false) { id } }', /@skip/],
    ['P82: @include on a root fragment', 'subscription { ... @include(if: true) { order { id } } }', /@include/],
    [
      'P82: @include in a root fragment',
      'subscription { ...F } fragment F on Subscription { order @include(if: true) { id } }',
      /@include/,
    ],
  ];
  for (const [name, query, message] of refused) {
    test(`${name} is a validation error on every way`, async () => {
      // By POST and GET as JSON a subscription is refused with 406 before anything else could be (P69).
      for (const [way, ask] of WAYS.slice(0, 2)) {
        const { errors, data } = await ask(gateway.url, { query });
        assert.equal(errors[0]?.extensions['code'], 'GRAPHQL_VALIDATION_FAILED', way);
        assert.match(errors[0]?.message ?? '', message, way);
        assert.equal(data, undefined, way);
      }
    });
  }

  test('P83: an anonymous subscription and one with an alias get the event under the key they ask for', async () => {
    const plain = subscribe(gateway.url, 'subscription { chat(room: "p83") { text } }');
    const aliased = subscribe(gateway.url, 'subscription Named { talk: chat(room: "p83") { words: text } }');
    await attached(plain, () => chat('p83', 'x'));
    await attached(aliased, () => chat('p83', 'x'));
    assert.deepEqual(plain.results[0]?.data, { chat: { text: 'x' } });
    assert.deepEqual(aliased.results[0]?.data, { talk: { words: 'x' } });
    await Promise.all([plain.end(), aliased.end()]);
  });

  test('P84, P85, P97: errors and nulls stay in the event that has them, and the stream lives', async () => {
    const query = 'subscription { job(queue: "p84") { id size owner { name } parts { name } } }';
    const subscription = subscribe(gateway.url, query);
    await attached(subscription, (id) => job('p84', id));
    const first = subscription.results.length;
    await write('p84', { id: '1', queue: 'p84', size: 1, owner: { name: null } });
    await write('p84', { id: '2', queue: 'p84', size: 1, parts: [{ name: 'a' }, { name: null }] });
    await write('p84', { id: '3', queue: 'p84', size: 'many' });
    await write('p84', 'not JSON');
    await write('p84', { id: '5', queue: 'p84', size: 5 });
    await eventually(() => subscription.results.some((result) => idOf(result, 'job') === '5'));
    const [owner, parts, size, foreign, good] = subscription.results
      .slice(first)
      .filter((result) => !String(idOf(result, 'job')).startsWith('probe'));
    assert.deepEqual(owner?.data, { job: { id: '1', size: 1, owner: null, parts: null } });
    assert.deepEqual(owner?.errors?.[0]?.path, ['job', 'owner', 'name']);
    assert.deepEqual(parts?.data, { job: { id: '2', size: 1, owner: null, parts: null } });
    assert.deepEqual(parts?.errors?.[0]?.path, ['job', 'parts', 1, 'name']);
    assert.deepEqual(size?.data, { job: null });
    assert.deepEqual(size?.errors?.[0]?.path, ['job', 'size']);
    assert.deepEqual(foreign?.data, { job: null });
    assert.equal(foreign?.errors?.[0]?.extensions?.['code'], 'EVENT_INVALID');
    assert.deepEqual(foreign?.errors?.[0]?.path, ['job']);
    assert.deepEqual(good?.data, { job: { id: '5', size: 5, owner: null, parts: null } });
    assert.equal(good?.errors, undefined);
    for (const result of [owner, parts, size, foreign, good]) assert.ok(result?.extensions?.['cursor']);
    assert.equal(subscription.failure, undefined);
    await subscription.end();
  });

  test('P86: what is wrong with the request comes before any event, although events are there', async () => {
    await publish(job('p86', '1'));
    const subscription = subscribe(
      gateway.url,
      'subscription ($queue: ID!) { job(queue: $queue, from: { earliest: true }) { id } }',
      {},
    );
    await eventually(() => subscription.failure, { what: 'the refusal' });
    assert.deepEqual(subscription.results, []);
    assert.match(JSON.stringify(subscription.failure), /BAD_USER_INPUT/);
    await subscription.end();
  });

  test('P87: the last subscriber that goes takes the subscription of the broker with it', async () => {
    const channels = (): Promise<string> => redis.cli('PUBSUB', 'CHANNELS', 'chat.p87');
    const one = subscribe(gateway.url, 'subscription { chat(room: "p87") { text } }');
    const two = subscribe(gateway.url, 'subscription { chat(room: "p87") { room text } }');
    await attached(one, () => chat('p87', 'x'));
    await attached(two, () => chat('p87', 'x'));
    await one.end();
    const before = two.results.length;
    await publish(chat('p87', 'still'));
    await eventually(() => two.results.length > before, { what: 'the event for the one that stays' });
    assert.equal(await channels(), 'chat.p87');
    await two.end();
    await eventually(async () => (await channels()) === '', { what: 'the channel is left' });
  });

  test('P90: every result of a BUFFERED and a DURABLE topic has a short URL-safe cursor, and none of an EPHEMERAL one', async () => {
    const orders = subscribe(gateway.url, 'subscription { order { id } }');
    const jobs = subscribe(gateway.url, 'subscription { job(queue: "p90") { id } }');
    const chats = subscribe(gateway.url, 'subscription { chat(room: "p90") { text } }');
    await attached(orders, order);
    await attached(jobs, (id) => job('p90', id));
    await attached(chats, () => chat('p90', 'x'));
    for (const { results } of [orders, jobs]) {
      for (const { extensions } of results) assert.match(String(extensions?.['cursor']), /^[\w.~-]{1,1000}$/);
    }
    for (const { extensions } of chats.results) assert.equal(extensions?.['cursor'], undefined);
    await Promise.all([orders.end(), jobs.end(), chats.end()]);
  });

  test('P91: a cursor resumes strictly behind its event and wins over from; null is from now on', async () => {
    const cursors = new Map<string, unknown>();
    for (const id of ['1', '2', '3']) cursors.set(id, (await publish(job('p91', id)))['cursor']);
    const query = 'subscription { job(queue: "p91", from: { earliest: true }) { id } }';
    const resumed = subscribe(gateway.url, query, undefined, { cursor: cursors.get('1') });
    const all = subscribe(gateway.url, query, undefined, { cursor: null });
    const live = subscribe(gateway.url, 'subscription { job(queue: "p91") { id } }', undefined, { cursor: null });
    await attached(live, (id) => job('p91', id));
    await eventually(() => resumed.results.length >= 3 && all.results.length >= 4);
    assert.deepEqual(
      resumed.results.slice(0, 2).map((result) => idOf(result, 'job')),
      ['2', '3'],
    );
    assert.deepEqual(
      all.results.slice(0, 3).map((result) => idOf(result, 'job')),
      ['1', '2', '3'],
    );
    assert.match(String(idOf(live.results[0], 'job')), /^probe-/);
    await Promise.all([resumed.end(), all.end(), live.end()]);
  });

  test('P92: after the link to the broker was cut the next result of an EPHEMERAL topic says since when events may be missing', async () => {
    const subscription = subscribe(gateway.url, 'subscription { chat(room: "p92") { text } }');
    await attached(subscription, () => chat('p92', 'before'));
    await redis.cli('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await eventually(async () => {
      await publish(chat('p92', 'after'));
      return subscription.results.some(({ data }) => JSON.stringify(data).includes('after'));
    });
    const gaps = subscription.results.map(({ extensions }) => extensions?.['gap']).filter((gap) => gap !== undefined);
    assert.equal(gaps.length, 1);
    const gap = gaps[0] as { reason: string; since: string };
    assert.equal(gap.reason, 'link_lost');
    assert.ok(Date.parse(gap.since) <= Date.now());
    await subscription.end();
  });

  test('P93, P98: a cursor that cannot be resumed from is CURSOR_EXPIRED on WebSocket and SSE, and never a silent start', async () => {
    const { cursor } = await publish(order('p93'));
    const requests: readonly (readonly [request: Request, reason: string])[] = [
      [{ query: 'subscription { order { id } }', extensions: { cursor: 'forged' } }, 'invalid'],
      [{ query: 'subscription { job(queue: "p93") { id } }', extensions: { cursor } }, 'invalid'],
      [{ query: 'subscription { chat(room: "p93") { text } }', extensions: { cursor } }, 'invalid'],
    ];
    for (const [asked, reason] of requests) {
      for (const [way, ask] of WAYS.slice(0, 2)) {
        const { errors, data } = await ask(gateway.url, asked);
        assert.partialDeepStrictEqual(errors[0]?.extensions, { code: 'CURSOR_EXPIRED', reason }, way);
        assert.equal(data, undefined, way);
      }
    }
  });

  test('P94, P99: while Redis does not answer, a publish is not confirmed; in the end it is PUBLISH_INDETERMINATE', async () => {
    await publish(job('p94', 'warm'));
    redis.pause();
    try {
      let settled = false;
      const answer = request(gateway.url, `mutation { ${job('p94', 'held')} }`).finally(() => {
        settled = true;
      });
      // Others are answered meanwhile, again and again: what is held back waits for its broker, not for the server.
      for (let round = 0; round < 20; round += 1) {
        assert.deepEqual((await request(gateway.url, '{ __typename }')).data, { __typename: 'Query' });
      }
      assert.equal(settled, false);
      const lost = await answer;
      assert.equal(lost.errors?.[0]?.extensions?.['code'], 'PUBLISH_INDETERMINATE');
      assert.deepEqual(lost.data, { publishJob: null });
    } finally {
      redis.resume();
    }
  });

  test('P99: a receipt is given when the event is stored, and its cursor is right behind the event', async () => {
    const receipt = await eventually(() => publish(job('p99', 'first')), { what: 'a publish after the pause' });
    const entries = await redis.cli('XRANGE', 'jobs.p99', '-', '+');
    assert.ok(entries.includes(String(receipt['streamId'])) && entries.includes('first'));
    await publish(job('p99', 'second'));
    const subscription = subscribe(gateway.url, 'subscription { job(queue: "p99") { id } }', undefined, {
      cursor: receipt['cursor'],
    });
    await eventually(() => subscription.results.length > 0);
    assert.equal(idOf(subscription.results[0], 'job'), 'second');
    await subscription.end();
  });

  test('P95: an event that will never pass is PUBLISH_REJECTED, beside a sibling that is stored; nothing of it is', async () => {
    const long = 'x'.repeat(200);
    const result = await request(gateway.url, `mutation { bad: ${job(long, '1')} good: ${job('p95', 'sibling')} }`);
    assert.partialDeepStrictEqual(result.data, { bad: null, good: { topic: 'jobs.{queue}' } });
    assert.equal(result.errors?.length, 1);
    assert.deepEqual(result.errors[0]?.path, ['bad']);
    assert.equal(result.errors[0]?.extensions?.['code'], 'PUBLISH_REJECTED');
    assert.equal(await redis.cli('EXISTS', `jobs.${long}`), '0');
  });

  test('P95: with the broker away a publish is BROKER_UNAVAILABLE, and is not stored when the broker is back', async () => {
    await redis.kill();
    try {
      await eventually(async () => (await gateway.admin('/healthz')).status === 503, { what: 'the lost broker' });
      const { errors, data } = await request(gateway.url, `mutation { ${job('p95', 'refused')} }`);
      assert.equal(errors?.[0]?.extensions?.['code'], 'BROKER_UNAVAILABLE');
      assert.deepEqual(data, { publishJob: null });
    } finally {
      await redis.restart();
    }
    await eventually(() => publish(job('p95', 'accepted')), {
      what: 'a publish after the restart',
      deadlineMs: 60_000,
    });
    const entries = await redis.cli('XRANGE', 'jobs.p95', '-', '+');
    assert.ok(entries.includes('accepted') && !entries.includes('refused'), entries);
  });

  const wrong: readonly (readonly [what: string, request: Request, code: string])[] = [
    ['a syntax error', { query: '{ topics {' }, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', { query: '{ nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['a missing argument', { query: '{ jobHistory(first: 1) { edges { cursor } } }' }, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'an unknown operation',
      { query: 'query A { topics { name } }', operationName: 'B' },
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'a variable of a wrong type',
      {
        query: 'query ($first: Int) { jobHistory(queue: "a", first: $first) { edges { cursor } } }',
        variables: { first: 'x' },
      },
      'BAD_USER_INPUT',
    ],
    [
      'a missing variable',
      { query: 'query ($q: ID!) { jobHistory(queue: $q, first: 1) { edges { cursor } } }' },
      'BAD_USER_INPUT',
    ],
    ['a limit', { query: `{ ${'a { '.repeat(8)}a${' }'.repeat(8)} }` }, 'LIMIT_EXCEEDED'],
    ['an id of a document that is not there', { documentId: 'sha256:none' }, 'PERSISTED_QUERY_NOT_SUPPORTED'],
  ];
  for (const [what, asked, code] of wrong) {
    test(`P98: ${what} has one code and one text on WebSocket, SSE, POST and GET`, async () => {
      const { errors, data } = await askAll(gateway.url, asked);
      assert.equal(errors[0]?.extensions['code'], code);
      assert.equal(data, undefined);
    });
  }

  test('P96, P98: a limit is named with its value on every way', async () => {
    const { errors } = await askAll(gateway.url, { query: `{ ${'a { '.repeat(8)}a${' }'.repeat(8)} }` });
    assert.deepEqual(errors[0]?.extensions, { code: 'LIMIT_EXCEEDED', limit: 'maxDepth', value: 6 });
  });
});

describe('rates of the protocol', () => {
  test('P96, P98: one that asks too often is told the limit and when to come back, on every way', async () => {
    const gateway = await startTestGateway({
      limits: { ...LOOPBACK_LIMITS, maxOperationsPerAddress: 1 },
      trustedProxies: { type: 'hops', count: 1 },
    });
    const overrun = (ask: Ask, address: string): Promise<Answer> =>
      eventually(async () => {
        const answer = await ask(gateway.url, { query: '{ __typename }' }, { 'x-forwarded-for': address });
        return answer.errors.length > 0 ? answer : undefined;
      });
    try {
      for (const [index, [way, ask]] of WAYS.entries()) {
        const { errors, status, retryAfter } = await overrun(ask, `192.0.2.${index}`);
        const facts = errors[0]?.extensions ?? {};
        assert.partialDeepStrictEqual(
          facts,
          { code: 'LIMIT_EXCEEDED', limit: 'maxOperationsPerAddress', value: 1 },
          way,
        );
        assert.ok(Number(facts['retryAfterMs']) > 0, way);
        if (status !== undefined) assert.deepEqual([status, Number(retryAfter) > 0], [429, true], way);
      }
    } finally {
      await gateway.stop();
    }
  });
});
