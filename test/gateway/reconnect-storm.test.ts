import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Config } from '../../src/config/config.ts';
import { eventually } from '../support/eventually.ts';
import { request } from '../support/graphql-client.ts';
import { startKafkaServer } from '../support/kafka-server.ts';
import { MultiplexedClient, type MultiplexedSubscription } from '../support/multiplexed-client.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { type RunningGateway, startTestGateway } from './running-gateway.ts';

const LANES = 10_000;
const PER_SOCKET = 100;
const DEADLINE_MS = 120_000;

async function publishRound(gateway: RunningGateway, round: number): Promise<void> {
  const query = 'mutation ($events: [TickInput!]!) { publishTickBatch(events: $events) { __typename } }';
  for (let start = 0; start < LANES; start += 1_000) {
    const events = Array.from({ length: 1_000 }, (_, index) => ({ lane: String(start + index), round }));
    const result = await request(gateway.url, query, { events });
    const answers = result.data?.['publishTickBatch'] as readonly { __typename: string }[];
    assert.deepEqual(new Set(answers.map((answer) => answer.__typename)), new Set(['PublishReceipt']));
  }
}

/** Opens one subscription per lane, all at once. */
async function subscribeAll(
  gateway: RunningGateway,
  subscribe: (client: MultiplexedClient, lane: number) => MultiplexedSubscription,
): Promise<{ clients: MultiplexedClient[]; subscriptions: MultiplexedSubscription[] }> {
  const clients = await Promise.all(
    Array.from({ length: LANES / PER_SOCKET }, () => MultiplexedClient.connect(gateway.url)),
  );
  const subscriptions = clients.flatMap((client, index) =>
    Array.from({ length: PER_SOCKET }, (_, lane) => subscribe(client, index * PER_SOCKET + lane)),
  );
  return { clients, subscriptions };
}

function roundsOf(subscription: MultiplexedSubscription): (number | undefined)[] {
  return subscription.results.map((result) => (result.data?.['tick'] as { round: number } | undefined)?.round);
}

async function runStorm(gateway: RunningGateway): Promise<void> {
  await publishRound(gateway, 1);
  const first = await subscribeAll(gateway, (client, lane) =>
    client.subscribe(`subscription { tick(lane: "${lane}", from: { earliest: true }) { round } }`),
  );
  await eventually(() => first.subscriptions.every((subscription) => subscription.results.length === 1), {
    deadlineMs: DEADLINE_MS,
    what: 'the first event of each lane',
  });
  await Promise.all(first.clients.map((client) => client.close()));
  await publishRound(gateway, 2);
  const second = await subscribeAll(gateway, (client, lane) => {
    const cursor = first.subscriptions[lane]?.results[0]?.extensions?.['cursor'];
    return client.subscribe(`subscription { tick(lane: "${lane}") { round } }`, { cursor });
  });
  await eventually(() => second.subscriptions.every((subscription) => subscription.results.length >= 1), {
    deadlineMs: DEADLINE_MS,
    what: 'what each lane missed',
  });
  await publishRound(gateway, 3);
  await eventually(() => second.subscriptions.every((subscription) => subscription.results.length >= 2), {
    deadlineMs: DEADLINE_MS,
    what: 'the next event of each lane, live',
  });
  for (const subscription of second.subscriptions) {
    assert.equal(subscription.errors, undefined);
    assert.deepEqual(roundsOf(subscription), [2, 3]);
  }
  for (const client of second.clients) assert.equal(client.closeCode, undefined);
  await Promise.all(second.clients.map((client) => client.close()));
}

async function withGateway(delivery: string, settings: Partial<Config>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-reconnect-'));
  const schemaFile = join(folder, 'schema.graphql');
  await writeFile(schemaFile, `type Tick @topic(name: "ticks.{lane}", ${delivery}) { lane: ID!  round: Int! }`);
  const gateway = await startTestGateway({ schemaFile, dataFolder: join(folder, 'data'), ...settings });
  try {
    await runStorm(gateway);
  } finally {
    await gateway.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

describe('F26: 10,000 subscriptions with 10,000 different parameters reconnect at once, and each gets what it missed and goes on live', () => {
  test('embedded log', () => withGateway('delivery: DURABLE', {}));

  test('real Kafka', async () => {
    const kafka = await startKafkaServer();
    try {
      await withGateway('delivery: DURABLE, partitions: 3', {
        kafka: { brokers: [kafka.brokers] },
        createTopics: true,
      });
    } finally {
      await kafka.stop();
    }
  });

  test('real Redis', async () => {
    const redis = await startRedisServer();
    try {
      await withGateway('delivery: BUFFERED', { redis: { url: redis.url } });
    } finally {
      await redis.stop();
    }
  });
});
