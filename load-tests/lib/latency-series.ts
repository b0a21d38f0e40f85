import { say } from './console.ts';
import type { Delivery } from './deliveries.ts';

// k6's own outputs write a line for each delivery, which costs more than the test. So each virtual user counts its deliveries of a second
// in a histogram and writes one line, which tools/load-series.mjs joins with those of the others.

/** Before each line, so that the tool finds them among what people are to read. */
const PREFIX = 'series ';
/** Steps of a factor of 2: a latency is known within 5 %. */
const STEPS = 14;

interface Second {
  readonly second: number;
  readonly buckets: Map<number, number>;
}

const current = new Map<Delivery, Second>();

/** Counts one delivery. `now` in milliseconds since 1970. */
export function countDelivery(delivery: Delivery, latencyMs: number, now: number): void {
  const second = Math.floor(now / 1000);
  let counted = current.get(delivery);
  if (counted === undefined || counted.second !== second) {
    if (counted !== undefined) write(delivery, counted);
    counted = { second, buckets: new Map() };
    current.set(delivery, counted);
  }
  const bucket = Math.round(Math.log2(Math.max(0, latencyMs) + 1) * STEPS);
  counted.buckets.set(bucket, (counted.buckets.get(bucket) ?? 0) + 1);
}

/** To be called when a subscriber ends: writes what has not been written. */
export function flushSeries(): void {
  for (const [delivery, counted] of current) write(delivery, counted);
  current.clear();
}

function write(delivery: Delivery, { second, buckets }: Second): void {
  say(`${PREFIX}${JSON.stringify({ delivery, second, steps: STEPS, buckets: [...buckets] })}`);
}
