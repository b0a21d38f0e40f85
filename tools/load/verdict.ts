/** k6's own summary of one metric, as `--summary-export` writes it. */
export interface MetricSummary {
  readonly [statistic: string]: number | Readonly<Record<string, boolean>> | undefined;
  /** Condition → was it crossed? */
  readonly thresholds?: Readonly<Record<string, boolean>>;
}

export type Metrics = Readonly<Record<string, MetricSummary>>;

/** k6 ends with it when a threshold was crossed. */
const THRESHOLD_CROSSED = 99;

/** What is wrong with a run; empty when nothing is. `exitCode` is k6's, or the signal that ended it. */
export function problemsOf(exitCode: number | string, metrics: Metrics | undefined): readonly string[] {
  if (metrics === undefined) return [`k6 ended with ${exitCode} and left no summary`];
  const crossed = Object.entries(metrics).flatMap(([name, { thresholds = {} }]) =>
    Object.entries(thresholds)
      .filter(([, isCrossed]) => isCrossed)
      .map(([condition]) => `${name} is ${actual(metrics[name], condition)}, and must be ${condition}`),
  );
  const problems = [...crossed, ...unaccounted(metrics)];
  const expectedCode = crossed.length > 0 ? THRESHOLD_CROSSED : 0;
  return exitCode === expectedCode ? problems : [...problems, `k6 ended with ${exitCode}`];
}

/**
 * k6 cannot hold two counters against each other. What subscribers had to get is what they got, what they were told that they lost, and
 * what nobody told of.
 */
function unaccounted(metrics: Metrics): readonly string[] {
  const [expected, received, flagged, gaps] = ['events_expected', 'events_received', 'events_flagged', 'gaps'].map(
    (name) => countOf(metrics, name),
  ) as [number, number, number, number];
  if (expected === 0) return ['no event was expected by anybody: the run shows nothing'];
  if (expected === received + flagged + gaps) return [];
  return [`${expected} events were expected: ${received} came, ${flagged} were told as lost, ${gaps} were missing`];
}

export function countOf(metrics: Metrics, name: string): number {
  const count = metrics[name]?.['count'];
  return typeof count === 'number' ? count : 0;
}

function actual(metric: MetricSummary | undefined, condition: string): string {
  const statistic = /^[a-z]+(\([\d.]+\))?/.exec(condition)?.[0] ?? '';
  const value = metric?.[statistic];
  return typeof value === 'number' ? `${statistic} ${Math.round(value * 100) / 100}` : 'unknown';
}
