import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { createClient } from 'graphql-ws';
import { Kafka, logLevel } from 'kafkajs';
import { eventually } from '../support/eventually.ts';
import { type Subscription, subscribe } from '../support/graphql-client.ts';
import { type KafkaServer, startKafkaServer } from '../support/kafka-server.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { type RunningGateway, startTestGateway } from './running-gateway.ts';

const SDL = `
type Order @topic(name: "orders.{customer}", delivery: DURABLE, partitions: 1) { id: ID!  customer: ID! }
type Job @topic(name: "jobs.{queue}", delivery: BUFFERED) { id: ID!  queue: ID! }
type Chat @topic(name: "chat.{room}", delivery: EPHEMERAL) { id: ID!  room: ID! }
`;
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const CLIENT_SPAN = '00f067aa0ba902b7';
const CLIENT = `00-${TRACE_ID}-${CLIENT_SPAN}-01`;
const PUBLISH_ORDER = 'mutation Place($id: ID!) { publishOrder(event: { id: $id, customer: "a" }) { offset } }';
const PUBLISH_JOB = 'mutation Enqueue($id: ID!) { publishJob(event: { id: $id, queue: "a" }) { streamId } }';
const PATIENCE = { deadlineMs: 60_000 };

const exporter = new InMemorySpanExporter();
const spans = (): ReturnType<InMemorySpanExporter['getFinishedSpans']> => exporter.getFinishedSpans();

/** The trace and the span of a `traceparent`. */
function idsOf(traceparent: unknown): readonly [traceId: string | undefined, spanId: string | undefined] {
  const [, traceId, spanId] = String(traceparent).split('-');
  return [traceId, spanId];
}

describe('traces through a gateway with an OpenTelemetry SDK', () => {
  let folder: string;
  let kafka: KafkaServer;
  let redis: RedisServer;
  let gateway: RunningGateway;
  before(async () => {
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
    folder = await mkdtemp(join(tmpdir(), 'sluice-tracing-'));
    await writeFile(join(folder, 'schema.graphql'), SDL);
    [kafka, redis] = await Promise.all([startKafkaServer(), startRedisServer()]);
    gateway = await startTestGateway({
      schemaFile: join(folder, 'schema.graphql'),
      kafka: { brokers: [kafka.brokers] },
      redis: { url: redis.url },
      createTopics: true,
    });
  });
  after(async () => {
    trace.disable();
    await gateway?.stop();
    await Promise.all([kafka?.stop(), redis?.stop()]);
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => exporter.reset());

  async function post(body: unknown, headers: Record<string, string> = {}): Promise<void> {
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    const result = (await response.json()) as { errors?: unknown };
    assert.equal(result.errors, undefined, JSON.stringify(result.errors));
  }

  /** Subscribes and publishes until an event arrives, so that what comes later is surely seen. */
  async function attached(query: string, publish: string, extensions?: Record<string, unknown>): Promise<Subscription> {
    const subscription = subscribe(gateway.url, query, undefined, extensions);
    await eventually(async () => {
      await post({ query: publish, variables: { id: 'probe' } });
      return subscription.results.length > 0;
    }, PATIENCE);
    return subscription;
  }

  /** The extensions of the result with this id. */
  function extensionsOf(subscription: Subscription, id: string): Record<string, unknown> | undefined {
    const found = subscription.results.find(({ data }) => JSON.stringify(data).includes(`"id":"${id}"`));
    return found?.extensions as Record<string, unknown> | undefined;
  }

  async function arrived(subscription: Subscription, id: string): Promise<Record<string, unknown>> {
    await eventually(() => extensionsOf(subscription, id) !== undefined, PATIENCE);
    return extensionsOf(subscription, id) ?? {};
  }

  const ways: readonly (readonly [string, string, string])[] = [
    ['Kafka', 'subscription { order(customer: "a") { id } }', PUBLISH_ORDER],
    ['Redis Streams', 'subscription { job(queue: "a") { id } }', PUBLISH_JOB],
  ];
  for (const [broker, query, publish] of ways) {
    test(`${broker}: an HTTP traceparent goes through operation and publish span into the record and out to those who trace`, async () => {
      const tracing = await attached(query, publish, { traceparent: CLIENT });
      const plain = await attached(query, publish);
      exporter.reset();
      await post({ query: publish, variables: { id: 'traced' } }, { traceparent: CLIENT, tracestate: 'vendor=1' });
      const told = await arrived(tracing, 'traced');
      const operation = spans().find(({ name }) => name === 'mutation');
      const send = spans().find(({ name }) => name.startsWith('send '));
      assert.ok(operation !== undefined && send !== undefined);
      assert.equal(operation.parentSpanContext?.spanId, CLIENT_SPAN);
      assert.equal(send.parentSpanContext?.spanId, operation.spanContext().spanId);
      assert.deepEqual(idsOf(told['traceparent']), [TRACE_ID, send.spanContext().spanId]);
      assert.equal(typeof told['cursor'], 'string');
      // Who does not trace does not pay for it.
      assert.deepEqual(Object.keys(await arrived(plain, 'traced')), ['cursor']);
      // Out of the log, too.
      const replayed = subscribe(gateway.url, query, undefined, {
        traceparent: CLIENT,
        cursor: tracing.results[0]?.extensions?.['cursor'],
      });
      assert.equal((await arrived(replayed, 'traced'))['traceparent'], told['traceparent']);
      await Promise.all([tracing.end(), plain.end(), replayed.end()]);
    });
  }

  test('Redis Streams: an event too long to be pushed is read with its trace', async () => {
    const subscription = await attached('subscription { job(queue: "a") { id } }', PUBLISH_JOB, {
      traceparent: CLIENT,
    });
    const id = 'long'.repeat(5_000);
    await post({ query: PUBLISH_JOB, variables: { id } }, { traceparent: CLIENT });
    assert.equal(idsOf((await arrived(subscription, id))['traceparent'])[0], TRACE_ID);
    await subscription.end();
  });

  test('the record carries the trace as CloudEvents and as instrumented Kafka clients read it', async () => {
    await post({ query: PUBLISH_ORDER, variables: { id: 'headers' } }, { traceparent: CLIENT, tracestate: 'vendor=1' });
    const client = new Kafka({ brokers: [kafka.brokers], logLevel: logLevel.NOTHING });
    const consumer = client.consumer({ groupId: 'reader' });
    const found: Record<string, string>[] = [];
    try {
      await consumer.connect();
      await consumer.subscribe({ topic: 'orders', fromBeginning: true });
      await consumer.run({
        eachMessage: async ({ message }) => {
          if (!String(message.value).includes('"headers"')) return;
          const entries = Object.entries(message.headers ?? {});
          found.push(Object.fromEntries(entries.map(([name, value]) => [name, String(value)])));
        },
      });
      await eventually(() => found.length > 0, PATIENCE);
    } finally {
      await consumer.disconnect();
    }
    const [headers = {}] = found;
    assert.equal(idsOf(headers['ce_traceparent'])[0], TRACE_ID);
    assert.equal(headers['traceparent'], headers['ce_traceparent']);
    assert.deepEqual([headers['ce_tracestate'], headers['tracestate']], ['vendor=1', 'vendor=1']);
  });

  test('a record of a foreign producer is told with the trace of its own headers', async () => {
    const subscription = await attached('subscription { order(customer: "a") { id } }', PUBLISH_ORDER, {
      traceparent: CLIENT,
    });
    const foreign = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`;
    const producer = new Kafka({ brokers: [kafka.brokers], logLevel: logLevel.NOTHING }).producer();
    try {
      await producer.connect();
      const value = (id: string): string => JSON.stringify({ id, customer: 'a' });
      await producer.send({
        topic: 'orders',
        messages: [
          { key: 'a', value: value('foreign'), headers: { traceparent: foreign } },
          { key: 'a', value: value('broken'), headers: { traceparent: '","forged":"' } },
        ],
      });
    } finally {
      await producer.disconnect();
    }
    assert.equal((await arrived(subscription, 'foreign'))['traceparent'], foreign);
    assert.deepEqual(Object.keys(await arrived(subscription, 'broken')), ['cursor']);
    await subscription.end();
  });

  test("over WebSocket the operation's own traceparent counts before that of the init payload", async () => {
    const initSpan = 'c'.repeat(16);
    const client = createClient({
      url: gateway.url.replace(/^http/, 'ws'),
      retryAttempts: 0,
      lazy: false,
      connectionParams: { traceparent: `00-${TRACE_ID}-${initSpan}-01` },
    });
    const run = (extensions?: Record<string, unknown>): Promise<void> =>
      new Promise((resolve, reject) => {
        const payload = { query: PUBLISH_ORDER, variables: { id: 'ws' }, ...(extensions && { extensions }) };
        client.subscribe(payload, { next() {}, error: reject, complete: resolve });
      });
    try {
      await run();
      await run({ traceparent: CLIENT });
    } finally {
      await client.dispose();
    }
    const operations = spans().filter(({ name }) => name === 'mutation');
    assert.deepEqual(
      operations.map(({ parentSpanContext }) => parentSpanContext?.spanId),
      [initSpan, CLIENT_SPAN],
    );
    const [first, second] = operations.map(({ attributes }) => attributes);
    assert.equal(first?.['graphql.operation.name'], 'Place');
    assert.match(String(first?.['sluice.connection.id']), /^[0-9a-f]{6}-[0-9a-z]+$/);
    assert.equal(first?.['sluice.connection.id'], second?.['sluice.connection.id']);
  });

  test('deliveries have no spans: a subscription has one, however many events follow', async () => {
    const subscription = await attached('subscription S { order(customer: "a") { id } }', PUBLISH_ORDER);
    for (const id of ['one', 'two', 'three']) await post({ query: PUBLISH_ORDER, variables: { id } });
    await arrived(subscription, 'three');
    assert.equal(spans().filter(({ name }) => name === 'subscription').length, 1);
    const others = spans().filter(({ name }) => !['subscription', 'mutation', 'send orders.{customer}'].includes(name));
    assert.deepEqual(others, []);
    await subscription.end();
  });

  test('an operation that fails or is refused ends its span with the code', async () => {
    const body = { query: '{ nothing }' };
    await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const refused = spans().at(-1);
    assert.equal(refused?.status.code, 2);
    assert.equal(refused?.attributes['error.type'], 'GRAPHQL_VALIDATION_FAILED');
    await redis.kill();
    const failing = { query: PUBLISH_JOB, variables: { id: 'lost' } };
    await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(failing),
    });
    const send = spans().find(({ name }) => name === 'send jobs.{queue}');
    const operation = spans().find(({ name }) => name === 'mutation');
    assert.match(String(send?.attributes['error.type']), /^(?:unavailable|indeterminate)$/);
    assert.match(String(operation?.attributes['error.type']), /^(?:BROKER_UNAVAILABLE|PUBLISH_INDETERMINATE)$/);
  });
});
