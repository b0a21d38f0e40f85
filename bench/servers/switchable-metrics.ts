// Loaded before Sluice by `node --import`: at SIGUSR2 what measures time stops, and at the next it goes on, so that the cost of metrics shows
// within one process. Counts stay: they are additions to numbers that the code holds anyway.

import { DeliveryMetrics } from '../../src/metrics/delivery-metrics.ts';
import { PlainHistogram } from '../../src/metrics/plain-histogram.ts';
import { TopicMetrics } from '../../src/metrics/topic-metrics.ts';

const measuring: readonly (readonly [prototype: object, method: string])[] = [
  [PlainHistogram.prototype, 'observe'],
  [DeliveryMetrics.prototype, 'delivered'],
  [TopicMetrics.prototype, 'countPublish'],
  [TopicMetrics.prototype, 'countReplayStep'],
];
const originals: readonly unknown[] = measuring.map(([prototype, method]) => Reflect.get(prototype, method));
let on = true;

function nothing(): void {}

process.on('SIGUSR2', () => {
  on = !on;
  for (const [index, [prototype, method]] of measuring.entries()) {
    Reflect.set(prototype, method, on ? originals[index] : nothing);
  }
});
