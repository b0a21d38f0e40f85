import type { HealthReport, Readiness } from './health.ts';

/** What the admin listener shows: of one process, or of several that serve together. */
export interface AdminSource {
  /** `/metrics` in Prometheus's text format. */
  metrics(): Promise<string>;
  /** `/readyz` */
  ready(): Readiness | Promise<Readiness>;
  /** `/healthz` */
  health(): HealthReport | Promise<HealthReport>;
}
