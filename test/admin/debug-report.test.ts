import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionsPage, topicsPage } from '../../src/admin/debug-pages.ts';
import { type DebugReport, joinedDebug, SHOWN } from '../../src/admin/debug-report.ts';
import type { ConnectionReading } from '../../src/metrics/readings.ts';

const READING = { subscribers: 3, groups: 2, projections: 1, readers: 1, ring: { events: 4, bytes: 400 } };

function connection(id: string, waitingBytes: number, ageSeconds = 1): ConnectionReading {
  return { id, transport: 'websocket', address: '192.0.2.1', ageSeconds, subscriptions: 1, waitingBytes };
}

function report(rate: number, connections: readonly ConnectionReading[]): DebugReport {
  return {
    ratesOverSeconds: 5,
    topics: [{ topic: 'ticks', delivery: 'EPHEMERAL', streams: 1, eventsPerSecond: rate, ...READING }],
    streams: [{ topic: 'ticks', delivery: 'EPHEMERAL', stream: 'ticks.a', recordsPerSecond: rate, ...READING }],
    connections: { total: 1_000, slowest: connections },
  };
}

test('topics of several workers are summed; streams and connections keep their worker, hottest and slowest first', () => {
  const joined = joinedDebug([
    { worker: 1, debug: report(2, [connection('a', 10), connection('b', 0, 7)]) },
    { worker: 2, debug: report(9, [connection('c', 20), connection('d', 0, 8)]) },
  ]);
  assert.deepEqual(joined.topics, [
    {
      topic: 'ticks',
      delivery: 'EPHEMERAL',
      streams: 2,
      eventsPerSecond: 11,
      subscribers: 6,
      groups: 4,
      projections: 2,
      readers: 2,
      ring: { events: 8, bytes: 800 },
    },
  ]);
  assert.deepEqual(
    joined.streams.map(({ worker, recordsPerSecond }) => [worker, recordsPerSecond]),
    [
      [2, 9],
      [1, 2],
    ],
  );
  assert.equal(joined.connections.total, 2_000);
  assert.deepEqual(
    joined.connections.slowest.map(({ id, worker }) => `${id} of ${worker}`),
    ['c of 2', 'a of 1', 'd of 2', 'b of 1'],
  );
});

test('however many workers there are, no more than a page of connections is shown', () => {
  const many = Array.from({ length: SHOWN }, (_, index) => connection(String(index), index));
  const joined = joinedDebug([1, 2, 3].map((worker) => ({ worker, debug: report(1, many) })));
  assert.equal(joined.connections.slowest.length, SHOWN);
  assert.equal(joined.connections.slowest[0]?.waitingBytes, SHOWN - 1);
});

test('a page shows text as text: a topic instance may hold anything', () => {
  const hostile = '<script>alert(1)</script>&';
  const [stream] = report(1, []).streams;
  assert.ok(stream !== undefined);
  const page = topicsPage({ ...report(1, []), streams: [{ ...stream, stream: hostile }] });
  assert.doesNotMatch(page, /<script/);
  assert.match(page, /&lt;script&gt;alert\(1\)&lt;\/script&gt;&amp;/);
  assert.match(connectionsPage(report(1, [connection('<b>', 5)])), /<td>&lt;b&gt;<\/td>/);
});
