import type { DropReason } from '../metrics/gateway-metrics.ts';

/** Where refusals are counted (`sluice_dropped_total`). */
export interface DropCounter {
  countDrop(reason: DropReason): void;
}
