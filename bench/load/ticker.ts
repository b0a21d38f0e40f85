import { Worker } from 'node:worker_threads';

/** Places in the shared memory that the thread waits on. */
export const TICKER = { armed: 0, stopped: 1, never: 2 } as const;

/**
 * Calls back at a moment that is exact to some ten microseconds. Node's own timers know whole milliseconds only, which would be
 * more than the latency that is measured; a thread that waits with a futex knows better.
 */
export class Ticker {
  readonly #control: Int32Array = new Int32Array(new SharedArrayBuffer(12));
  readonly #delay: Float64Array = new Float64Array(new SharedArrayBuffer(8));
  readonly #thread: Worker;
  #closed: Promise<void> | undefined;

  constructor(onTick: () => void) {
    this.#thread = new Worker(new URL('./ticker-thread.ts', import.meta.url), {
      workerData: { control: this.#control, delay: this.#delay },
    });
    this.#thread.on('message', onTick);
  }

  /** One tick, after so many milliseconds. Arm again only after that tick. */
  arm(milliseconds: number): void {
    this.#delay[0] = milliseconds;
    Atomics.store(this.#control, TICKER.armed, 1);
    Atomics.notify(this.#control, TICKER.armed);
  }

  close(): Promise<void> {
    Atomics.store(this.#control, TICKER.stopped, 1);
    this.arm(0);
    Atomics.notify(this.#control, TICKER.never);
    this.#closed ??= this.#thread.terminate().then(() => undefined);
    return this.#closed;
  }
}
