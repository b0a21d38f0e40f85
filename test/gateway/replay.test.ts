import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Config } from '../../src/config/config.ts';
import { earthquakes, idsByNetwork } from '../support/earthquakes.ts';
import { eventually } from '../support/eventually.ts';
import { request, subscribe } from '../support/graphql-client.ts';
import { type KafkaServer, startKafkaServer } from '../support/kafka-server.ts';
import { Random } from '../support/random.ts';
import type { ReceivedResult } from '../support/recording-sink.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { publishQuakes } from './publish-quakes.ts';
import { type RunningGateway, startTestGateway } from './running-gateway.ts';

interface Quake {
  readonly id: string;
  readonly network: string;
}

const FROM_EARLIEST = 'subscription { quake(from: { earliest: true }) { id network } }';

function quakeOf(result: ReceivedResult): Quake {
  assert.equal(result.errors, undefined, JSON.stringify(result.errors));
  return result.data?.['quake'] as Quake;
}

function cursorOf(result: ReceivedResult | undefined): string | undefined {
  return result?.extensions?.['cursor'] as string | undefined;
}

/** A client that is killed and comes back with its cursor, at random, until it has all. */
async function readWithInterruptions(gateway: RunningGateway, kills: number, seed: number): Promise<Quake[]> {
  const random = new Random(seed);
  const total = earthquakes().length;
  const received: Quake[] = [];
  let cursor: string | undefined;
  for (let connection = 0; received.length < total; connection += 1) {
    const subscription = subscribe(
      gateway.url,
      FROM_EARLIEST,
      undefined,
      cursor === undefined ? undefined : { cursor },
    );
    const wanted = connection < kills ? random.below(150) : total;
    await eventually(
      () =>
        subscription.failure !== undefined ||
        received.length + subscription.results.length >= total ||
        subscription.results.length >= wanted,
    );
    assert.equal(subscription.failure, undefined);
    await subscription.end();
    received.push(...subscription.results.map(quakeOf));
    cursor = cursorOf(subscription.results.at(-1)) ?? cursor;
  }
  return received;
}

async function checkReplay(gateway: RunningGateway): Promise<void> {
  await publishQuakes(gateway, earthquakes());
  const received = await readWithInterruptions(gateway, 20, 7);
  assert.equal(received.length, 1_707);
  assert.deepEqual(idsByNetwork(received), idsByNetwork(earthquakes()));
}

/** Reads the whole log page by page through the history, then follows it live from the last page's end. */
async function checkHistory(gateway: RunningGateway): Promise<void> {
  const query =
    'query ($after: Cursor) { quakeHistory(first: 400, after: $after) { edges { node { id network } } pageInfo { hasNextPage endCursor } } }';
  const seen: Quake[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await request(gateway.url, query, { after });
    assert.equal(page.errors, undefined, JSON.stringify(page.errors));
    const history = page.data?.['quakeHistory'] as {
      edges: { node: Quake }[];
      pageInfo: { hasNextPage: boolean; endCursor: string };
    };
    seen.push(...history.edges.map((edge) => edge.node));
    after = history.pageInfo.endCursor;
    if (!history.pageInfo.hasNextPage) break;
  }
  assert.deepEqual(idsByNetwork(seen), idsByNetwork(earthquakes()));
  const [first] = earthquakes();
  const live = subscribe(gateway.url, 'subscription { quake { id network } }', undefined, { cursor: after });
  try {
    const more = ['next-1', 'next-2', 'next-3'].map((id) => ({ ...first, id, network: 'us', magnitude: 1 }));
    await publishQuakes(gateway, more);
    await eventually(() => live.results.length >= 3, { what: 'the events after the last page' });
    assert.deepEqual(
      live.results.map((result) => quakeOf(result).id),
      ['next-1', 'next-2', 'next-3'],
    );
  } finally {
    await live.end();
  }
}

/** Late readers by other starting points. */
async function checkStartingPoints(gateway: RunningGateway): Promise<void> {
  const all = earthquakes();
  const last = subscribe(gateway.url, 'subscription { quake(from: { last: 5 }, network: "ak") { id network } }');
  const strong = subscribe(
    gateway.url,
    'subscription { quake(from: { last: 3 }, where: { magnitude: { gte: 5 } }) { id network magnitude } }',
  );
  const future = subscribe(
    gateway.url,
    'subscription { quake(from: { time: "9999-01-01T00:00:00Z" }) { id network } }',
  );
  try {
    const alaska = all.filter((quake) => quake.network === 'ak').map((quake) => quake.id);
    await eventually(() => last.results.length >= 5);
    assert.deepEqual(
      last.results.map((result) => quakeOf(result).id),
      alaska.slice(-5),
    );
    await eventually(() => strong.results.length >= 3);
    assert.equal(strong.results.length, 3);
    assert.deepEqual(future.results, []);
  } finally {
    await Promise.all([last, strong, future].map((subscription) => subscription.end()));
  }
}

async function checkBadCursors(gateway: RunningGateway): Promise<void> {
  const [first] = earthquakes();
  const probe = subscribe(gateway.url, 'subscription { quake(from: { last: 1 }) { id network } }');
  await eventually(() => probe.results.length > 0);
  await probe.end();
  const cursor = cursorOf(probe.results[0]) ?? '';
  assert.ok(first !== undefined);
  for (const [what, text] of [
    ['garbage', 'AAAA'],
    ['cut', cursor.slice(0, -2)],
    ['oversized', cursor.repeat(200)],
  ] as const) {
    const refused = subscribe(gateway.url, 'subscription { quake { id network } }', undefined, { cursor: text });
    await eventually(() => refused.failure !== undefined, { what });
    const [error] = refused.failure as { extensions: { code: string; reason: string; oldest?: string } }[];
    assert.equal(error?.extensions.code, 'CURSOR_EXPIRED', what);
    assert.equal(error?.extensions.reason, 'invalid', what);
    await refused.end();
    // P93: the oldest cursor is one to go on from.
    const oldest = error?.extensions.oldest;
    assert.equal(typeof oldest, 'string');
    const resumed = subscribe(gateway.url, 'subscription { quake { id network } }', undefined, { cursor: oldest });
    await eventually(() => resumed.results.length >= 1_707);
    await resumed.end();
  }
  // A cursor of other parameters is foreign.
  const foreign = subscribe(gateway.url, 'subscription { quake(network: "us") { id } }', undefined, { cursor });
  await eventually(() => foreign.failure !== undefined);
  await foreign.end();
}

function suite(name: string, servers: () => Promise<{ settings: Partial<Config>; stop(): Promise<void> }>): void {
  describe(`Replay of a week of earthquakes - ${name}`, () => {
    let running: { settings: Partial<Config>; stop(): Promise<void> };
    let gateway: RunningGateway;
    before(async () => {
      running = await servers();
      gateway = await startTestGateway(running.settings);
    });
    after(async () => {
      await gateway?.stop();
      await running?.stop();
    });

    test('killed 20 times at random and resumed by cursor, a client gets 1,707 distinct events in order per network', () =>
      checkReplay(gateway));
    test('the newest N, and a time that has not come', () => checkStartingPoints(gateway));
    test('P93: forged, cut, oversized and foreign cursors expire as invalid, with the oldest one to go on from', () =>
      checkBadCursors(gateway));
    test('history read page by page is the log, and its last cursor goes on live without gap or double', () =>
      checkHistory(gateway));
  });
}

suite('embedded log', async () => ({ settings: {}, stop: async () => {} }));
suite('real Kafka and Redis', async () => {
  const [kafka, redis]: [KafkaServer, RedisServer] = await Promise.all([startKafkaServer(), startRedisServer()]);
  return {
    settings: { kafka: { brokers: [kafka.brokers] }, redis: { url: redis.url }, createTopics: true },
    stop: async () => {
      await Promise.all([kafka.stop(), redis.stop()]);
    },
  };
});
