import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { EventSource } from 'eventsource';
import { publishQuakes } from '../gateway/publish-quakes.ts';
import { type RunningGateway, startTestGateway } from '../gateway/running-gateway.ts';
import { earthquakes } from '../support/earthquakes.ts';
import { eventually } from '../support/eventually.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { request } from '../support/graphql-client.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { StreamClient } from './stream-client.ts';

const PUBLISH = 'mutation ($events: [DepartureInput!]!) { publishDepartureBatch(events: $events) { __typename } }';

async function publishDepartures(gateway: RunningGateway, from: number, to: number): Promise<void> {
  const events = Array.from({ length: to - from }, (_, index) => ({
    id: String(from + index),
    origin: 'JFK',
    destination: 'LAX',
    departure: '2001-01-01T00:47:00Z',
    delayMinutes: 1,
    distanceMiles: 2,
  }));
  assert.equal((await request(gateway.url, PUBLISH, { events })).errors, undefined);
}

interface Reading {
  readonly ids: string[];
  readonly errors: unknown[];
  close(): void;
}

/** An EventSource on a field, from its oldest event on, that asks for its id only. */
function read(url: string, field: string): Reading {
  const query = `subscription { ${field}(from: { earliest: true }) { id } }`;
  const source = new EventSource(`${url}?query=${encodeURIComponent(query)}`);
  const reading: Reading = { ids: [], errors: [], close: () => source.close() };
  source.addEventListener('next', ({ data }) => {
    const result = JSON.parse(data) as { data?: Record<string, { id: string }>; errors?: unknown };
    if (result.errors !== undefined) reading.errors.push(result.errors);
    const event = result.data?.[field];
    if (event !== undefined) reading.ids.push(event.id);
  });
  return reading;
}

describe('an EventSource whose socket is cut', () => {
  let redis: RedisServer;
  let gateway: RunningGateway;
  let proxy: FaultProxy;
  let url: string;
  before(async () => {
    redis = await startRedisServer();
    // Departures on real Redis Streams, quakes on the embedded log.
    gateway = await startTestGateway({ redis: { url: redis.url } });
    proxy = await startFaultProxy({ host: '127.0.0.1', port: Number(new URL(gateway.url).port) });
    url = `http://127.0.0.1:${proxy.port}/graphql`;
  });
  after(async () => {
    await proxy?.close();
    await gateway?.stop();
    await redis?.stop();
  });

  for (const [field, what, publish] of [
    ['departure', 'a BUFFERED topic on Redis Streams', publishDepartures],
    [
      'quake',
      'a DURABLE topic on the embedded log',
      (to: RunningGateway, from: number, end: number) => publishQuakes(to, earthquakes().slice(from, end)),
    ],
  ] as const) {
    it(`P43: it goes on by Last-Event-ID on ${what}: every event once and in order`, async () => {
      const expected =
        field === 'quake' ? earthquakes().map(({ id }) => id) : Array.from({ length: 500 }, (_, n) => String(n));
      await publish(gateway, 0, 100);
      const reading = read(url, field);
      for (const end of [200, 300, 400]) {
        await eventually(() => reading.ids.length >= end - 100, { what: 'the events so far', deadlineMs: 60_000 });
        assert.ok(proxy.cut() >= 1);
        // While it is away.
        await publish(gateway, end - 100, end);
      }
      await eventually(() => reading.ids.length >= 400, { what: 'all events', deadlineMs: 60_000 });
      await publish(gateway, 400, 500);
      await eventually(() => reading.ids.length >= 500, { what: 'live events', deadlineMs: 60_000 });
      reading.close();
      assert.deepEqual(reading.ids, expected.slice(0, 500));
      assert.deepEqual(reading.errors, []);
    });
  }

  it('P44, P91: the id that comes once attached is enough to lose nothing, before the first event', async () => {
    const query = 'subscription { departure { id } }';
    const client = await StreamClient.open(gateway.url, { query });
    const [, cursor = ''] = /^id: ([\w-]+)$/m.exec(await client.receive(/^id: [\w-]+\n\n/m)) ?? [];
    client.terminate();
    await publishDepartures(gateway, 500, 503);
    const again = await StreamClient.open(gateway.url, { query, headers: { 'last-event-id': cursor } });
    await again.receive('"502"');
    assert.deepEqual(
      [...again.text.matchAll(/"id":"(\d+)"/g)].map(([, id]) => id),
      ['500', '501', '502'],
    );
    // P90, P42: the id of a result is the cursor in its extensions.
    for (const [, id, data = ''] of again.text.matchAll(/^id: (.+)\nevent: next\ndata: (.+)$/gm)) {
      assert.equal(JSON.parse(data).extensions.cursor, id);
    }
    again.terminate();
  });

  it('P48: a cursor that nobody gave ends in CURSOR_EXPIRED with an empty id', async () => {
    for (const field of ['departure', 'quake', 'chatMessage']) {
      const query = `subscription { ${field} { id } }`;
      const client = await StreamClient.open(gateway.url, { query, headers: { 'last-event-id': 'forged' } });
      await eventually(() => client.ending === 'end');
      assert.match(
        client.text,
        /^:\n\nid:\nevent: next\ndata: \{"errors":.*"CURSOR_EXPIRED".*\}\n\nevent: complete\ndata:\n\n$/,
      );
    }
  });

  it('P46: validation on the real schema is told in the stream', async () => {
    const client = await StreamClient.open(gateway.url, { query: 'subscription { departure { nothing } }' });
    await eventually(() => client.ending === 'end');
    assert.match(client.text, /event: next\ndata: \{"errors":.*GRAPHQL_VALIDATION_FAILED.*\}\n\nevent: complete/);
    assert.doesNotMatch(client.text, /"data"/);
  });
});
