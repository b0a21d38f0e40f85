import { PlainHistogram } from './plain-histogram.ts';

/** Seconds. From what a quiet process takes to what its users would notice. */
export const FANOUT_BOUNDS: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
];
/** Seconds. Brokers tell whole milliseconds. */
export const END_TO_END_BOUNDS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];
/** Seconds, up to the longest deadline of a broker's answer. */
export const PUBLISH_BOUNDS: readonly number[] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 10];
export const BATCH_BOUNDS: readonly number[] = [1, 2, 5, 10, 25, 50, 100, 250, 1_000];

/** How long publishes and live events of one delivery take, and how many events share a write. */
export class DeliveryMetrics {
  readonly fanout: PlainHistogram = new PlainHistogram(FANOUT_BOUNDS);
  readonly endToEnd: PlainHistogram = new PlainHistogram(END_TO_END_BOUNDS);
  readonly publish: PlainHistogram = new PlainHistogram(PUBLISH_BOUNDS);
  readonly batchEvents: PlainHistogram = new PlainHistogram(BATCH_BOUNDS);

  /**
   * A batch was handed to all of its group: so many events, the oldest of which was received `fanoutMs` ago and has the broker's
   * timestamp `ageMs` ago. Clocks that differ make an age negative; that counts as none.
   */
  delivered(events: number, fanoutMs: number, ageMs: number): void {
    this.batchEvents.observe(events);
    this.fanout.observe(fanoutMs / 1000);
    this.endToEnd.observe(ageMs > 0 ? ageMs / 1000 : 0);
  }
}
