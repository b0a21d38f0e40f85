import type { DebugReport } from './debug-report.ts';
import type { HealthReport, Readiness } from './health.ts';
import type { LogLevelControl } from './log-level.ts';

/** What the admin listener shows: of one process, or of several that serve together. */
export interface AdminSource {
  /** `/metrics` in Prometheus's text format. */
  metrics(): Promise<string>;
  /** `/readyz` */
  ready(): Readiness | Promise<Readiness>;
  /** `/healthz` */
  health(): HealthReport | Promise<HealthReport>;
  /** `/debug/topics` and `/debug/connections` */
  debug(): DebugReport | Promise<DebugReport>;
  /** `/log-level`; undefined: there is no such page. */
  readonly logLevel?: LogLevelControl | undefined;
}
