// The waiting half of ticker.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { TICKER } from './ticker.ts';

const { control, delay } = workerData as { readonly control: Int32Array; readonly delay: Float64Array };

for (;;) {
  Atomics.wait(control, TICKER.armed, 0);
  if (Atomics.load(control, TICKER.stopped) === 1) break;
  Atomics.store(control, TICKER.armed, 0);
  const wait = delay[0] ?? 0;
  if (wait > 0) Atomics.wait(control, TICKER.never, 0, wait);
  parentPort?.postMessage(0);
}
