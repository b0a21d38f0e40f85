import type { MetricsReport } from '../metrics/merge-metrics.ts';
import type { DebugReport } from './debug-report.ts';
import type { HealthReport, Readiness } from './health.ts';

/** All that one process has to say to the operators: plain data, for the process that speaks for several. */
export interface ProcessReport {
  readonly metrics: MetricsReport;
  readonly readiness: Readiness;
  readonly health: HealthReport;
  readonly debug: DebugReport;
}
