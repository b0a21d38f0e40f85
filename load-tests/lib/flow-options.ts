import type { Options, Scenario } from 'k6/options';
import type { Sizes } from '../profiles/sizes.ts';
import type { Thresholds } from '../thresholds/thresholds.ts';
import { maxDuration } from './run-plan.ts';

/** Of each trend in the summary. */
export const TREND_STATISTICS: string[] = ['min', 'p(10)', 'med', 'p(90)', 'p(95)', 'p(99)', 'max', 'count'];

/** So many virtual users that each run the function `exec` once. */
export function once(exec: string, vus: number, sizes: Sizes): Scenario {
  return {
    executor: 'per-vu-iterations',
    exec,
    vus,
    iterations: 1,
    maxDuration: maxDuration(sizes),
    gracefulStop: '5s',
  };
}

export function flowOptions(scenarios: Record<string, Scenario>, thresholds: Thresholds): Options {
  return {
    scenarios,
    thresholds,
    summaryTrendStats: TREND_STATISTICS,
    noConnectionReuse: false,
    setupTimeout: '120s',
  };
}
