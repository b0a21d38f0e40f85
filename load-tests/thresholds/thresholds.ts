import type { Delivery } from '../lib/deliveries.ts';
import { LATENCY, P95_MS, type TimedMetric } from './latency.ts';

/** What k6 holds a run against: metric, or metric{tag:value} → conditions. */
export type Thresholds = Record<string, string[]>;

export interface Expectation {
  readonly profile: string;
  /** Whose latency is bounded; none where events are not meant to come at once. */
  readonly latencyOf: readonly Delivery[];
  /** Subscribers that must come to their end; undefined where nobody can know how many there will be. */
  readonly subscribers: number | undefined;
  /** Metrics that the scenario fills. */
  readonly timed: readonly TimedMetric[];
}

/**
 * Of every run: no error, no hole that nobody told of, nothing doubled or out of order. A hole on an EPHEMERAL topic that
 * `extensions.gap` told of is not among `gaps`.
 */
export function thresholdsOf({ profile, latencyOf, subscribers, timed }: Expectation): Thresholds {
  const thresholds: Thresholds = {
    errors: ['count==0'],
    gaps: ['count==0'],
    duplicates: ['count==0'],
    reorders: ['count==0'],
  };
  if (subscribers !== undefined) thresholds['subscribers_finished'] = [`count==${subscribers}`];
  const bounds = LATENCY[profile];
  const p95 = P95_MS[profile];
  if (bounds === undefined || p95 === undefined) throw new Error(`The profile ${profile} has no bounds in latency.ts.`);
  for (const delivery of latencyOf) {
    thresholds[`e2e_latency{delivery:${delivery},role:subscriber}`] = [
      `p(10)<${bounds.p10}`,
      `med<${bounds.p50}`,
      `p(99)<${bounds.p99}`,
    ];
  }
  for (const metric of timed) thresholds[metric] = [`p(95)<${p95[metric]}`];
  return thresholds;
}
