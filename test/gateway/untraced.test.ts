import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ProxyTracerProvider, trace } from '@opentelemetry/api';
import { eventually } from '../support/eventually.ts';
import { request, subscribe } from '../support/graphql-client.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { type RunningGateway, startTestGateway } from './running-gateway.ts';

const SDL = 'type Job @topic(name: "jobs.{queue}", delivery: BUFFERED) { id: ID!  queue: ID! }';
const CLIENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const PUBLISH = 'mutation { publishJob(event: { id: "1", queue: "a" }) { streamId } }';
const SUBSCRIBE = 'subscription { job(queue: "a") { id } }';

describe('a gateway without an OpenTelemetry SDK', () => {
  let folder: string;
  let redis: RedisServer;
  let gateway: RunningGateway;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-untraced-'));
    await writeFile(join(folder, 'schema.graphql'), SDL);
    redis = await startRedisServer();
    gateway = await startTestGateway({ schemaFile: join(folder, 'schema.graphql'), redis: { url: redis.url } });
  });
  after(async () => {
    await gateway?.stop();
    await redis?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('passes a trace on as it came, and asks nobody for a span', async () => {
    // Whoever registers after the start is not asked: no operation looks for an SDK again.
    const provider = new ProxyTracerProvider();
    provider.setDelegate({ getTracer: () => assert.fail('a tracer was asked for') });
    assert.ok(trace.setGlobalTracerProvider(provider));
    const tracing = subscribe(gateway.url, SUBSCRIBE, undefined, { traceparent: CLIENT });
    const plain = subscribe(gateway.url, SUBSCRIBE);
    try {
      await eventually(
        async () => {
          await request(gateway.url, PUBLISH);
          return tracing.results.length > 0 && plain.results.length > 0;
        },
        { deadlineMs: 60_000 },
      );
      const traceparents = (): unknown[] =>
        tracing.results.flatMap(({ extensions }) => extensions?.['traceparent'] ?? []);
      assert.deepEqual(traceparents(), []);
      await fetch(gateway.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', traceparent: CLIENT },
        body: JSON.stringify({ query: PUBLISH }),
      });
      await eventually(() => traceparents().length > 0, { deadlineMs: 60_000 });
      assert.deepEqual(traceparents(), [CLIENT]);
      assert.deepEqual(
        plain.results.filter(({ extensions }) => extensions?.['traceparent'] !== undefined),
        [],
      );
    } finally {
      trace.disable();
      await Promise.all([tracing.end(), plain.end()]);
    }
  });
});
