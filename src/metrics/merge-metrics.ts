import { AggregatorRegistry, type Registry } from 'prom-client';

/** Everything that one process counts: plain data that can be sent to another process. */
export type MetricsReport = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

type Metric = MetricsReport[number];

/**
 * prom-client's own metrics that it would leave out, or for which its choice says little: the oldest start, the tightest limit, the
 * slowest loop.
 */
const OWN_CHOICES: Readonly<Record<string, Metric['aggregator']>> = {
  process_start_time_seconds: 'min',
  process_max_fds: 'max',
  nodejs_eventloop_lag_seconds: 'max',
  nodejs_eventloop_lag_mean_seconds: 'max',
  nodejs_eventloop_lag_stddev_seconds: 'max',
  nodejs_eventloop_lag_p50_seconds: 'max',
  nodejs_eventloop_lag_p90_seconds: 'max',
  nodejs_eventloop_lag_p99_seconds: 'max',
};

/**
 * The metrics of several processes as Prometheus's text: summed, where their definition (`aggregator`) does not say otherwise.
 * Histograms are summed bucket by bucket.
 */
export function mergedText(reports: readonly MetricsReport[]): Promise<string> {
  return merged(reports).metrics();
}

/**
 * What stays of processes that have ended: their counters and histograms, summed. Without them a total would fall when a process dies,
 * which Prometheus reads as a restart of everything.
 */
export async function totalsOf(reports: readonly MetricsReport[]): Promise<MetricsReport> {
  const counting = reports.map((report) => report.filter(countsUp));
  return await merged(counting).getMetricsAsJSON();
}

function merged(reports: readonly MetricsReport[]): Registry {
  const chosen = reports.map((report) =>
    report.map((metric) => ({ ...metric, aggregator: OWN_CHOICES[metric.name] ?? metric.aggregator })),
  );
  return AggregatorRegistry.aggregate(chosen) as Registry;
}

/** prom-client's types call this an enum; its values are these words. */
function countsUp(metric: Metric): boolean {
  const type: unknown = metric.type;
  return type === 'counter' || type === 'histogram';
}
