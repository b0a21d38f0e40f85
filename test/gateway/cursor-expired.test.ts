import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import { earthquakes } from '../support/earthquakes.ts';
import { eventually } from '../support/eventually.ts';
import { request, subscribe } from '../support/graphql-client.ts';
import { type KafkaServer, startKafkaServer } from '../support/kafka-server.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { publishQuakes } from './publish-quakes.ts';
import { type RunningGateway, startTestGateway } from './running-gateway.ts';

interface ExpiredFacts {
  readonly code: string;
  readonly reason: string;
  readonly oldest?: string;
}

/** The first cursor of a subscription from the oldest event. */
async function firstCursor(gateway: RunningGateway, field: string): Promise<string> {
  const probe = subscribe(gateway.url, `subscription { ${field}(from: { earliest: true }) { id } }`);
  await eventually(() => probe.results.length > 0, { what: `a first ${field}` });
  await probe.end();
  return String(probe.results[0]?.extensions?.['cursor']);
}

/** Resumes and expects to be refused; gives the error's facts. */
async function expiry(gateway: RunningGateway, field: string, cursor: string): Promise<ExpiredFacts> {
  const refused = subscribe(gateway.url, `subscription { ${field} { id } }`, undefined, { cursor });
  await eventually(() => refused.failure !== undefined, { what: 'the refusal', deadlineMs: 40_000 });
  await refused.end();
  assert.deepEqual(refused.results, [], 'never other data');
  const [error] = refused.failure as readonly { readonly extensions: ExpiredFacts }[];
  assert.ok(error !== undefined);
  assert.equal(error.extensions.code, 'CURSOR_EXPIRED');
  return error.extensions;
}

/** What a subscription from the oldest cursor receives. */
async function readFrom(gateway: RunningGateway, field: string, cursor: string | undefined, count: number) {
  assert.ok(cursor !== undefined, 'the oldest cursor is told');
  const resumed = subscribe(gateway.url, `subscription { ${field} { id } }`, undefined, { cursor });
  await eventually(() => resumed.results.length >= count, { what: 'the events from the oldest cursor on' });
  await resumed.end();
  return resumed.results.map((result) => (result.data?.[field] as { id: string } | undefined)?.id);
}

async function publishDepartures(gateway: RunningGateway, ids: readonly string[]): Promise<void> {
  const events = ids.map((id) => ({
    id,
    origin: 'JFK',
    destination: 'LAX',
    departure: '2001-01-01T00:47:00Z',
    delayMinutes: 1,
    distanceMiles: 2,
  }));
  const query = 'mutation ($events: [DepartureInput!]!) { publishDepartureBatch(events: $events) { __typename } }';
  assert.equal((await request(gateway.url, query, { events })).errors, undefined);
}

describe('P93: a cursor that cannot be honoured is told so, with its reason and the oldest cursor; never other data', () => {
  let redis: RedisServer;
  let kafka: KafkaServer;
  let gateway: RunningGateway;
  before(async () => {
    [redis, kafka] = await Promise.all([startRedisServer(), startKafkaServer()]);
    gateway = await startTestGateway({
      redis: { url: redis.url },
      kafka: { brokers: [kafka.brokers] },
      createTopics: true,
    });
  });
  after(async () => {
    await gateway?.stop();
    await Promise.all([redis?.stop(), kafka?.stop()]);
  });

  test('F7: a trimmed stream', async () => {
    await publishDepartures(gateway, ['1', '2', '3', '4']);
    const cursor = await firstCursor(gateway, 'departure');
    await redis.cli('XTRIM', 'flights', 'MAXLEN', '=', '2');
    const { reason, oldest } = await expiry(gateway, 'departure', cursor);
    assert.equal(reason, 'trimmed');
    assert.deepEqual(await readFrom(gateway, 'departure', oldest, 2), ['3', '4']);
  });

  test('F37: a stream that was lost and made anew', async () => {
    await publishDepartures(gateway, ['5']);
    const cursor = await firstCursor(gateway, 'departure');
    await redis.cli('FLUSHALL');
    await publishDepartures(gateway, ['6']);
    assert.equal((await expiry(gateway, 'departure', cursor)).reason, 'recreated');
  });

  test('F15: a topic whose records were deleted', async () => {
    const quakes = earthquakes().slice(0, 20);
    await publishQuakes(gateway, quakes);
    const cursor = await firstCursor(gateway, 'quake');
    const admin = new Kafka({ brokers: [kafka.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    // kafkajs knows the leaders of topics only that it was asked about before.
    await admin.fetchTopicOffsets('quakes');
    await admin.deleteTopicRecords({ topic: 'quakes', partitions: [{ partition: 0, offset: '15' }] });
    await admin.disconnect();
    const { reason, oldest } = await expiry(gateway, 'quake', cursor);
    assert.equal(reason, 'trimmed');
    const kept = quakes.slice(15).map((quake) => quake.id);
    assert.deepEqual(await readFrom(gateway, 'quake', oldest, kept.length), kept);
  });

  test('F14: a topic that was deleted and made anew', async () => {
    const cursor = await firstCursor(gateway, 'quake');
    const live = subscribe(gateway.url, 'subscription { quake { id } }');
    await kafka.topics('--delete', '--topic', 'quakes');
    await eventually(async () => !(await kafka.topics('--list')).includes('quakes'));
    await kafka.topics('--create', '--topic', 'quakes');
    await eventually(() => live.failure !== undefined, {
      what: 'the end of the live subscription',
      deadlineMs: 60_000,
    });
    await live.end();
    assert.deepEqual(live.results, []);
    const [ended] = live.failure as readonly { readonly extensions: ExpiredFacts }[];
    assert.equal(ended?.extensions.reason, 'recreated');
    await publishQuakes(gateway, earthquakes().slice(0, 2));
    assert.equal((await readFrom(gateway, 'quake', ended?.extensions.oldest, 2)).length, 2);
    assert.equal((await expiry(gateway, 'quake', cursor)).reason, 'recreated');
  });
});
