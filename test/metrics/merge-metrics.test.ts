import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayMetrics } from '../../src/metrics/gateway-metrics.ts';
import { type MetricsReport, mergedText, totalsOf } from '../../src/metrics/merge-metrics.ts';

/** What one worker would report after some work. */
async function report(deliveries: number, durations: readonly number[], brokerUp: boolean): Promise<MetricsReport> {
  const metrics = new GatewayMetrics('1.2.3');
  metrics.connections = deliveries;
  metrics.topic('ticks', 'EPHEMERAL').deliveries = deliveries;
  metrics.broker('kafka').up = brokerUp;
  metrics.replay = { readers: () => 1, waiting: () => 0, ringBytes: () => 100, lagSeconds: () => deliveries };
  for (const duration of durations) {
    metrics.topic('ticks', 'EPHEMERAL').latency.publish.observe(duration);
  }
  const json = await metrics.registry.getMetricsAsJSON();
  metrics.close();
  // As it comes out of another process.
  return structuredClone(json);
}

function value(text: string, name: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  assert.ok(line !== undefined, `${name} is missing`);
  return Number(line.slice(name.length + 1));
}

test('counters, gauges and histograms of several processes are summed, bucket by bucket', async () => {
  const text = await mergedText([await report(3, [0.0001, 0.02], true), await report(4, [0.0001, 7], true)]);
  assert.equal(value(text, 'sluice_deliveries_total{topic="ticks",delivery="EPHEMERAL"}'), 7);
  assert.equal(value(text, 'sluice_connections'), 7);
  const duration = 'sluice_publish_duration_seconds';
  assert.equal(value(text, `${duration}_bucket{le="0.0005",delivery="EPHEMERAL"}`), 2);
  assert.equal(value(text, `${duration}_bucket{le="0.025",delivery="EPHEMERAL"}`), 3);
  assert.equal(value(text, `${duration}_bucket{le="+Inf",delivery="EPHEMERAL"}`), 4);
  assert.equal(value(text, `${duration}_count{delivery="EPHEMERAL"}`), 4);
  assert.ok(Math.abs(value(text, `${duration}_sum{delivery="EPHEMERAL"}`) - 7.0202) < 1e-9);
});

test('where a sum would mean nothing, the worst counts: a broker that one does not see, the longest lag', async () => {
  const text = await mergedText([await report(3, [], true), await report(9, [], false)]);
  assert.equal(value(text, 'sluice_broker_up{broker="kafka"}'), 0);
  assert.equal(value(text, 'sluice_replay_lag_seconds'), 9);
  assert.equal(value(text, 'sluice_build_info{version="1.2.3"}'), 1);
  assert.equal(value(text, 'sluice_replay_ring_bytes'), 200);
  // Rounded to seconds by prom-client.
  assert.ok(value(text, 'process_start_time_seconds') <= Date.now() / 1000 + 1);
});

test('of processes that ended, what they counted stays and what they had open goes', async () => {
  const ended = await report(5, [0.02], true);
  const totals = await totalsOf([await totalsOf([await report(2, [0.02], true)]), ended]);
  const text = await mergedText([totals, await report(1, [0.02], true)]);
  assert.equal(value(text, 'sluice_deliveries_total{topic="ticks",delivery="EPHEMERAL"}'), 8);
  assert.equal(value(text, 'sluice_publish_duration_seconds_count{delivery="EPHEMERAL"}'), 3);
  assert.equal(value(text, 'sluice_connections'), 1);
});
