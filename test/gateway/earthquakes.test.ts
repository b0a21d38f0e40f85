import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Config } from '../../src/config/config.ts';
import { earthquakes, idsByNetwork } from '../support/earthquakes.ts';
import { eventually } from '../support/eventually.ts';
import { request, type Subscription, subscribe } from '../support/graphql-client.ts';
import { type KafkaServer, startKafkaServer } from '../support/kafka-server.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { type RunningGateway, startTestGateway } from './running-gateway.ts';

interface Seen {
  readonly id: string;
  readonly network: string;
}

const ALL = 'subscription { quake { id network } }';
const ONE = 'subscription ($network: String!) { quake(network: $network) { id network } }';
const PUBLISH = 'mutation ($event: QuakeInput!) { publishQuake(event: $event) { topic delivery } }';
/** Events that prove a subscription to be attached; real networks have two letters. */
const PROBE = 'probe';

function quakesOf(subscription: Subscription): readonly Seen[] {
  return subscription.results
    .map((result) => {
      assert.equal(result.errors, undefined);
      return result.data?.['quake'] as Seen;
    })
    .filter((quake) => quake.network !== PROBE);
}

/** Publishes probes until the subscription has seen one. */
async function attached(gateway: RunningGateway, subscription: Subscription): Promise<void> {
  const event = { ...earthquakes()[0], id: 'probe', network: PROBE };
  await eventually(
    async () => {
      assert.equal(subscription.failure, undefined);
      await request(gateway.url, PUBLISH, { event });
      return subscription.results.length > 0;
    },
    { what: 'a first event' },
  );
}

async function publishAll(gateway: RunningGateway): Promise<void> {
  // One line of publishers per network: each network's events one after the other, networks side by side.
  const byNetwork = new Map<string, (typeof quakes)[number][]>();
  const quakes = earthquakes();
  for (const quake of quakes) byNetwork.set(quake.network, [...(byNetwork.get(quake.network) ?? []), quake]);
  await Promise.all(
    [...byNetwork.values()].map(async (events) => {
      for (const event of events) {
        const result = await request(gateway.url, PUBLISH, { event });
        assert.equal(result.errors, undefined);
        assert.deepEqual(result.data, { publishQuake: { topic: 'quakes.{network}', delivery: 'DURABLE' } });
      }
    }),
  );
}

/** Runs the main job on a gateway, and leaves no subscription behind. */
async function publishAndReceive(gateway: RunningGateway): Promise<void> {
  const all = subscribe(gateway.url, ALL);
  const us = subscribe(gateway.url, ONE, { network: 'us' });
  const ak = subscribe(gateway.url, ONE, { network: 'ak' });
  const large = subscribe(gateway.url, 'subscription { quake(where: { magnitude: { gte: 5 } }) { id network } }');
  const subscriptions = [all, us, ak, large];
  try {
    await attached(gateway, all);
    await eventually(async () => (await gateway.admin('/metrics')).body.includes('sluice_connections 4'), {
      what: 'four connections',
    });
    await publishAll(gateway);
    await eventually(() => quakesOf(all).length >= 1_707, { what: 'all earthquakes at the wildcard subscriber' });
    const expected = idsByNetwork(earthquakes());
    assert.deepEqual(idsByNetwork(quakesOf(all)), expected);
    for (const [subscription, network] of [
      [us, 'us'],
      [ak, 'ak'],
    ] as const) {
      await eventually(() => quakesOf(subscription).length >= (expected.get(network)?.length ?? 0));
      assert.deepEqual(idsByNetwork(quakesOf(subscription)), new Map([[network, expected.get(network)]]));
    }
    const strong = earthquakes().filter((quake) => (quake.magnitude ?? 0) >= 5);
    await eventually(() => quakesOf(large).length >= strong.length);
    assert.deepEqual(idsByNetwork(quakesOf(large)), idsByNetwork(strong));
  } finally {
    await Promise.all(subscriptions.map((subscription) => subscription.end()));
  }
  // P27: nothing is left when the clients are gone.
  await eventually(async () => {
    const { body } = await gateway.admin('/metrics');
    assert.match(body, /^sluice_connections 0$/m);
    for (const line of body.match(/^sluice_subscriptions\{.*$/gm) ?? []) assert.match(line, / 0$/);
    return true;
  });
}

describe('All 1,707 earthquakes, published through the mutation, arrive in order per network at stock graphql-ws clients', () => {
  test('on embedded brokers', async () => {
    const gateway = await startTestGateway();
    try {
      await publishAndReceive(gateway);
      assert.equal((await gateway.admin('/healthz')).status, 200);
    } finally {
      await gateway.stop();
    }
  });

  describe('on a real Redis and a real Kafka', () => {
    let redis: RedisServer;
    let kafka: KafkaServer;
    let gateway: RunningGateway;
    before(async () => {
      [redis, kafka] = await Promise.all([startRedisServer(), startKafkaServer()]);
      const settings: Partial<Config> = {
        redis: { url: redis.url },
        kafka: { brokers: [kafka.brokers] },
        createTopics: true,
      };
      gateway = await startTestGateway(settings);
    });
    after(async () => {
      await gateway?.stop();
      await Promise.all([redis?.stop(), kafka?.stop()]);
    });

    test('and Kafka itself holds them, in order per network', async () => {
      await publishAndReceive(gateway);
      const lines = await kafka.consoleConsume('quakes', { atLeast: 1_707 });
      const stored = lines.map((line) => JSON.parse(line) as Seen).filter((quake) => quake.network !== PROBE);
      assert.deepEqual(idsByNetwork(stored), idsByNetwork(earthquakes()));
    });

    test('each topic is on the broker that its policy names', async () => {
      const departure = { id: 'f1', origin: 'JFK', destination: 'LAX', departure: '2001-01-01T00:47:00Z' };
      await request(
        gateway.url,
        'mutation ($event: DepartureInput!) { publishDeparture(event: $event) { streamId } }',
        {
          event: { ...departure, delayMinutes: 1, distanceMiles: 2 },
        },
      );
      assert.equal(await redis.cli('TYPE', 'flights'), 'stream');
      assert.match(await redis.cli('XRANGE', 'flights', '-', '+'), /"id":"f1"/);
      const chat = subscribe(gateway.url, 'subscription { chatMessage(room: "seismology") { text } }');
      await eventually(async () => (await redis.cli('PUBSUB', 'CHANNELS')).includes('chat.seismology'));
      await chat.end();
      await eventually(async () => !(await redis.cli('PUBSUB', 'CHANNELS')).includes('chat.seismology'));
    });

    test('events written by redis-cli PUBLISH, by XADD and by the Kafka console producer reach the subscribers of their topic', async () => {
      const chat = subscribe(gateway.url, 'subscription { chatMessage(room: "seismology") { room text } }');
      const departures = subscribe(gateway.url, 'subscription { departure { id origin } }');
      const tokyo = subscribe(gateway.url, ONE, { network: 'jp' });
      const everywhere = subscribe(gateway.url, ALL);
      try {
        await attached(gateway, everywhere);
        // What the channel says of an event need not be repeated in it.
        await eventually(async () => {
          const { room: _, ...message } = chatMessage('from redis-cli');
          await redis.cli('PUBLISH', 'chat.seismology', JSON.stringify(message));
          return chat.results.length > 0;
        });
        assert.deepEqual(chat.results[0], { data: { chatMessage: { room: 'seismology', text: 'from redis-cli' } } });
        await eventually(async () => {
          await redis.cli(
            'XADD',
            'flights',
            '*',
            'data',
            JSON.stringify({
              id: 'plain',
              origin: 'JFK',
              destination: 'LAX',
              departure: '2001-01-01T00:47:00Z',
              delayMinutes: 1,
              distanceMiles: 2,
            }),
          );
          return departures.results.length > 0;
        });
        assert.deepEqual(departures.results[0]?.data, { departure: { id: 'plain', origin: 'JFK' } });
        const quake = { ...earthquakes()[0], id: 'jp1', network: 'jp' };
        // A key of somebody else's, so a partition of somebody else's choice.
        const lines = ['x', 'y', 'z'].map((key) => `${key}\t${JSON.stringify({ ...quake, id: `jp-${key}` })}`);
        await kafka.consoleProduce('quakes', lines, { key: '\t' });
        await eventually(() => quakesOf(tokyo).length >= 3);
        assert.deepEqual(
          quakesOf(tokyo)
            .map((seen) => seen.id)
            .sort(),
          ['jp-x', 'jp-y', 'jp-z'],
        );
        assert.deepEqual(idsByNetwork(quakesOf(everywhere)).get('jp')?.sort(), ['jp-x', 'jp-y', 'jp-z']);
      } finally {
        await Promise.all([chat, departures, tokyo, everywhere].map((subscription) => subscription.end()));
      }
    });
  });
});

function chatMessage(text: string): Record<string, unknown> {
  return { id: 'm1', room: 'seismology', author: 'ada', text, sentAt: '2026-01-01T00:00:00Z' };
}
