import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../../src/config/config.ts';
import { eventually } from '../support/eventually.ts';
import { request } from '../support/graphql-client.ts';
import { startKafkaServer } from '../support/kafka-server.ts';
import { MultiplexedClient, type MultiplexedSubscription } from '../support/multiplexed-client.ts';
import { Random } from '../support/random.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { type RunningGateway, startTestGateway } from './running-gateway.ts';

const LANES = 50;
/** Events of each lane before the storm, and those that are published while it is on: 1,000 a second, for five seconds. */
const BEFORE = 100;
const ROUNDS = 50;
const PER_ROUND = 100;
const SUBSCRIBERS = 1_000;
const PER_SOCKET = 50;

/** Reads a lane's numbers straight from the broker, in its order. */
type DirectRead = (lane: string) => Promise<readonly number[]>;

interface StormBroker {
  readonly schema: string;
  readonly settings: Partial<Config>;
  readonly read: DirectRead;
  stop(): Promise<void>;
}

const TYPE = 'lane: ID!  number: Int!';
const PUBLISH =
  'mutation ($events: [TickInput!]!) { publishTickBatch(events: $events) { __typename ... on PublishFailure { code message } } }';

function laneName(index: number): string {
  return `lane-${index % LANES}`;
}

async function publish(gateway: RunningGateway, events: readonly { lane: string; number: number }[]): Promise<void> {
  const result = await request(gateway.url, PUBLISH, { events });
  const answers = result.data?.['publishTickBatch'] as readonly { __typename: string }[] | undefined;
  assert.deepEqual(
    new Set(answers?.map((answer) => answer.__typename)),
    new Set(['PublishReceipt']),
    JSON.stringify(result),
  );
}

function numbersOf(subscription: MultiplexedSubscription): number[] {
  return subscription.results.map((result) => (result.data?.['tick'] as { number: number } | undefined)?.number ?? -1);
}

/** The cursors of a lane, by the number of the event that each stands behind. */
async function cursorsOf(client: MultiplexedClient, lane: string): Promise<ReadonlyMap<number, string>> {
  const subscription = client.subscribe(`subscription { tick(lane: "${lane}", from: { earliest: true }) { number } }`);
  await eventually(() => subscription.results.length >= BEFORE, {
    what: `the first events of ${lane}`,
    deadlineMs: 60_000,
  });
  return new Map(
    subscription.results.map((result, index) => [
      numbersOf(subscription)[index] ?? -1,
      String(result.extensions?.['cursor']),
    ]),
  );
}

async function storm(gateway: RunningGateway, read: DirectRead): Promise<void> {
  const direct = new Map<string, Promise<readonly number[]>>();
  const readOnce = (lane: string): Promise<readonly number[]> => {
    const known = direct.get(lane) ?? read(lane);
    direct.set(lane, known);
    return known;
  };
  const random = new Random(29);
  const next = new Map<string, number>();
  const take = (index: number): { lane: string; number: number } => {
    const lane = laneName(index);
    const number = next.get(lane) ?? 0;
    next.set(lane, number + 1);
    return { lane, number };
  };
  for (let start = 0; start < LANES * BEFORE; start += 500) {
    await publish(
      gateway,
      Array.from({ length: 500 }, (_, index) => take(start + index)),
    );
  }
  const scout = await MultiplexedClient.connect(gateway.url);
  const cursors = new Map<string, ReadonlyMap<number, string>>();
  for (let lane = 0; lane < LANES; lane += 1) cursors.set(laneName(lane), await cursorsOf(scout, laneName(lane)));
  await scout.close();

  const clients = await Promise.all(
    Array.from({ length: SUBSCRIBERS / PER_SOCKET }, () => MultiplexedClient.connect(gateway.url)),
  );
  try {
    const publishing = (async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        await publish(
          gateway,
          Array.from({ length: PER_ROUND }, (_, index) => take(index)),
        );
        await pause(PER_ROUND);
      }
    })();
    const subscribers = clients.flatMap((client, clientIndex) =>
      Array.from({ length: PER_SOCKET }, (_, index) => {
        const lane = laneName(clientIndex * PER_SOCKET + index);
        const after = random.below(BEFORE);
        const cursor = cursors.get(lane)?.get(after);
        assert.ok(cursor !== undefined);
        const subscription = client.subscribe(`subscription { tick(lane: "${lane}") { number } }`, { cursor });
        return { lane, after, subscription };
      }),
    );
    await publishing;
    for (const { lane, after, subscription } of subscribers) {
      const expected = (await readOnce(lane)).slice(after + 1);
      await eventually(() => subscription.results.length >= expected.length || subscription.errors !== undefined, {
        deadlineMs: 60_000,
        what: `all events of ${lane} after ${after}`,
      });
      assert.equal(subscription.errors, undefined);
    }
    // Whatever came too much would be here by now.
    for (const { lane, after, subscription } of subscribers) {
      assert.deepEqual(numbersOf(subscription), (await readOnce(lane)).slice(after + 1));
    }
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

async function runStorm(start: (folder: string) => Promise<StormBroker>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-storm-'));
  const broker = await start(folder);
  let gateway: RunningGateway | undefined;
  try {
    const schemaFile = join(folder, 'schema.graphql');
    await writeFile(schemaFile, broker.schema);
    gateway = await startTestGateway({ schemaFile, ...broker.settings });
    await storm(gateway, broker.read);
  } finally {
    await gateway?.stop();
    await broker.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function numbers(values: readonly string[], lane: string): readonly number[] {
  return values
    .map((value) => JSON.parse(value) as { lane: string; number: number })
    .filter((event) => event.lane === lane)
    .map((event) => event.number);
}

describe('F29: 1,000 subscribers resume at once from different places while 1,000 events a second are published; each log is the broker’s own', () => {
  test('embedded log', () =>
    runStorm(async (folder) => ({
      schema: `type Tick @topic(name: "ticks.{lane}", delivery: DURABLE) { ${TYPE} }`,
      settings: { dataFolder: join(folder, 'data') },
      async read(lane) {
        const database = new DatabaseSync(join(folder, 'data', 'log.sqlite'), { readOnly: true });
        const rows = database.prepare('SELECT value FROM event ORDER BY sequence').all();
        database.close();
        return numbers(
          rows.map((row) => Buffer.from(row['value'] as Uint8Array).toString()),
          lane,
        );
      },
      async stop() {},
    })));

  test('real Kafka', () =>
    runStorm(async () => {
      const kafka = await startKafkaServer();
      let lines: readonly string[] | undefined;
      return {
        schema: `type Tick @topic(name: "ticks.{lane}", delivery: DURABLE, partitions: 6) { ${TYPE} }`,
        settings: { kafka: { brokers: [kafka.brokers] }, createTopics: true },
        async read(lane) {
          lines ??= await kafka.consoleConsume('ticks', { count: LANES * BEFORE + ROUNDS * PER_ROUND });
          return numbers(lines, lane);
        },
        stop: () => kafka.stop(),
      };
    }));

  test('real Redis', () =>
    runStorm(async () => {
      const redis = await startRedisServer();
      return {
        schema: `type Tick @topic(name: "ticks.{lane}", delivery: BUFFERED, maxEvents: 100000) { ${TYPE} }`,
        settings: { redis: { url: redis.url } },
        async read(lane) {
          const reply = await redis.cli('--json', 'XRANGE', `ticks.${lane}`, '-', '+');
          const entries = JSON.parse(reply) as readonly (readonly [string, readonly string[]])[];
          return numbers(
            entries.map(([, fields]) => fields[fields.indexOf('data') + 1] ?? ''),
            lane,
          );
        },
        stop: () => redis.stop(),
      };
    }));
});
