// The text of docs/metrics.md, from the registries that /metrics prints. `node tools/docs.ts` writes it; a test compares.

import { GatewayMetrics } from '../src/metrics/gateway-metrics.ts';
import type { MetricsReport } from '../src/metrics/merge-metrics.ts';
import { WorkerMetrics } from '../src/metrics/worker-metrics.ts';

/** What each metric tells an operator. */
export const WHAT_TO_LOOK_FOR: Readonly<Record<string, string>> = {
  sluice_batch_events:
    'Near 1 at low rates. Large values mean that many events share a write: cheap, but the loop has fallen behind.',
  sluice_broker_bytes_total: 'What Sluice costs the network of its brokers.',
  sluice_broker_reconnects_total:
    'Any rise: each one may be a gap on EPHEMERAL topics. `/healthz` and the log say why.',
  sluice_broker_up: '0: topics on this broker neither publish nor deliver.',
  sluice_build_info: 'Which versions run during an upgrade.',
  sluice_connections: 'Memory grows with it; a sudden fall is a network, proxy or deployment event.',
  sluice_cursor_expired_total:
    '`trimmed`: clients stay away longer than retention. `recreated`, `truncated`: the log was lost.',
  sluice_delivered_bytes_total: 'The outgoing traffic; the largest topics are worth a smaller selection.',
  sluice_deliveries_total: 'The work done. Deliveries divided by events is the fan-out.',
  sluice_document_cache_entries:
    'Grows without end when clients write values into their operations: they should use variables.',
  sluice_document_cache_lookups_total: 'A share of misses that stays high: the same.',
  sluice_dropped_total:
    'By reason: `slow_connection`, `memory_shed` and `publish_queue_full` are load; `origin_refused` and `frame_refused` are clients.',
  sluice_end_to_end_duration_seconds:
    "What users feel. Compared with the fan-out's it shows what the broker and its readers add; clocks that differ shift it.",
  sluice_event_loop_lag_seconds: 'Above 0.05 for long: the process is at its limit; add workers or replicas.',
  sluice_events_decoded_total: 'Far below the events: most records concern nobody here.',
  sluice_events_invalid_total: 'Any rise: a producer writes what does not fit the schema.',
  sluice_events_total: 'The rate of records in; 0 with subscriptions open may be a silent producer.',
  sluice_fanout_duration_seconds: 'The latency that Sluice itself adds.',
  sluice_flush_duration_seconds: 'Up to about 0.008 by design: a longer flush is cut into slices.',
  sluice_gaps_total:
    'Losses that clients were told of. `slow_subscriber`: clients cannot keep up; the others: the link to Redis.',
  sluice_groups: 'Work per event grows with it. As many groups as subscriptions: nothing is shared.',
  sluice_kafka_held_back_records:
    'Above 0 for long: a producer left a transaction open, and nobody sees what is behind it.',
  sluice_kafka_lag_records: 'Rising: records come faster than this process reads.',
  sluice_limits_hit_total: 'Which setting refuses clients: see [limits.md](limits.md) before it is raised.',
  sluice_operations_refused_total:
    '`limit` and `validation` after a release: the client and the schema or the limits do not fit.',
  sluice_operations_total: 'The load by kind.',
  sluice_projection_fallbacks_total: 'Above a handful: an operation runs the slow way.',
  sluice_projections: 'Selections that are written in many different ways.',
  sluice_publish_duration_seconds: "Nearly all of it is the broker's answer.",
  sluice_publishes_total: '`unavailable` and `indeterminate`: the broker; `rejected`: events that do not fit.',
  sluice_replay_lag_seconds: 'Near the retention of a topic: its slowest readers are about to lose events.',
  sluice_replay_readers: 'At its bound, 8, for long: resumes wait.',
  sluice_replay_readers_waiting: 'The same.',
  sluice_replay_ring_bytes: 'Up to 64 MiB for each process.',
  sluice_replay_steps_total: 'A large share of `log` after short absences: the ring is too small for the rate.',
  sluice_streams: 'Tails that the brokers feed; many instances are many streams on Redis.',
  sluice_subscriptions: 'Who listens to what.',
  sluice_tombstones_total: 'Deleted keys of compacted Kafka topics; they are no events.',
  sluice_waiting_bytes: 'Memory that slow peers hold; `/debug/connections` says who.',
  sluice_worker_restarts_total: 'Any rise: a worker died.',
  sluice_workers: 'Fewer than configured: one is being started again.',
};

interface Row {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
  readonly aggregator: string;
}

/** Every metric of Sluice's own, in the order of their names. */
export async function metricRows(): Promise<readonly Row[]> {
  const metrics = new GatewayMetrics('1.0.0');
  const workers = new WorkerMetrics(() => 0);
  try {
    const reports: readonly MetricsReport[] = [await metrics.registry.getMetricsAsJSON(), await workers.report()];
    const labels = labelNames(metrics);
    const rows = reports.flatMap((report) =>
      report
        .filter(({ name }) => name.startsWith('sluice_'))
        .map(({ name, type, help, aggregator }) => {
          return { name, type: String(type), labels: labels.get(name) ?? [], help, aggregator };
        }),
    );
    return rows.sort((one, other) => one.name.localeCompare(other.name));
  } finally {
    metrics.close();
    workers.close();
  }
}

/** prom-client keeps the names of labels, but its types do not say so. */
function labelNames({ registry }: GatewayMetrics): ReadonlyMap<string, readonly string[]> {
  const all = registry.getMetricsAsArray() as unknown as readonly { name: string; labelNames: readonly string[] }[];
  return new Map(all.map((metric) => [metric.name, metric.labelNames]));
}

/** Text of docs/metrics.md. */
export async function metricsReference(): Promise<string> {
  const rows = await metricRows();
  const lines = rows.map(({ name, type, labels, help }) => {
    const labelText = labels.map((label) => `\`${label}\``).join(' ');
    return `| \`${name}\` | ${type} | ${labelText} | ${help} | ${WHAT_TO_LOOK_FOR[name] ?? ''} |`;
  });
  const notSummed = rows.filter(({ aggregator }) => aggregator !== 'sum').map((row) => `\`${row.name}\``);
  return `<!-- Written by tools/docs.ts; change the metrics in src/metrics/, or tools/metrics-reference.ts. -->
# Metrics and debug pages

The admin listener (\`--admin-port\`, 4001) has them, and the public port never. Labels come from the schema or from fixed lists, never
from a client: their number is bounded, however many clients, instances and addresses there are. Counts are kept as plain numbers and
copied when \`/metrics\` is read.

With several workers the values are sums, except ${notSummed.join(', ')}, which are the worst (or the same) of all.
Beside these there are the process metrics of prom-client (\`process_*\`, \`nodejs_*\`).

| metric | type | labels | what it counts | what to look for |
|---|---|---|---|---|
${lines.join('\n')}

## /debug/topics

What is open for each topic: streams, groups, compiled selections, subscribers, those of them that read for themselves (they resume, or
could not keep up), and the recent events that are held for them. Below it the 100 streams with most records a second. It shows topic
instances, which may name customers: treat it like a log.

## /debug/connections

How many connections there are, and the 100 slowest of each process: those for which most bytes wait, then the oldest. Each with its id,
its address (of the socket, so that of a proxy if there is one), its age in seconds, its subscriptions and the bytes that wait for it.

Both answer in JSON, and as a page to a browser (\`Accept: text/html\`).
`;
}
