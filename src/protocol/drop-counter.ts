import type { DropReason } from '../metrics/gateway-metrics.ts';

/** Where refusals are counted (`sluice_dropped_total`). */
export interface DropCounter {
  /** `limit` is the setting that was hit, where it is one. */
  countDrop(reason: DropReason, limit?: string): void;
}
