import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { MetricsReport } from './merge-metrics.ts';

/** What the process that keeps the workers counts by itself: its own memory and time, and the workers. */
export class WorkerMetrics {
  readonly #registry = new Registry();
  readonly #restarts: Counter;

  /** `ready` is how many workers serve now. */
  constructor(ready: () => number) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#restarts = new Counter({
      name: 'sluice_worker_restarts_total',
      help: 'Workers that ended unasked and were started again.',
      registers,
    });
    new Gauge({
      name: 'sluice_workers',
      help: 'Workers that serve now.',
      registers,
      collect() {
        this.set(ready());
      },
    });
  }

  countRestart(): void {
    this.#restarts.inc();
  }

  async report(): Promise<MetricsReport> {
    return await this.#registry.getMetricsAsJSON();
  }

  close(): void {
    this.#registry.clear();
  }
}
