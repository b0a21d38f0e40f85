import type { Clock } from '../../time/clock.ts';
import type { LogWorker } from './log-worker.ts';

/** Between two rounds of trimming, and between two slices of one round, in milliseconds. */
const TRIM_EVERY_MS = 10_000;
const SLICE_PAUSE_MS = 20;

/** Between two tries whether a disk that refused a write takes one again. */
const PROBE_EVERY_MS = 1_000;

/** What the log needs beside publishes: trimming, and finding out by itself that the disk takes writes again. */
export class Upkeep {
  readonly #clock: Clock;
  readonly #worker: LogWorker;
  #cancelTrim: (() => void) | undefined;
  #cancelProbe: (() => void) | undefined;

  constructor(clock: Clock, worker: LogWorker) {
    this.#clock = clock;
    this.#worker = worker;
  }

  /** A worker is there: the first round of trimming starts now. */
  start(): void {
    this.stop();
    this.#trim();
  }

  stop(): void {
    this.#cancelTrim?.();
    this.#cancelProbe?.();
    this.#cancelTrim = undefined;
    this.#cancelProbe = undefined;
  }

  trimmed(more: boolean): void {
    this.#cancelTrim?.();
    this.#cancelTrim = this.#clock.after(more ? SLICE_PAUSE_MS : TRIM_EVERY_MS, () => this.#trim());
  }

  /** The disk refused a write: ask again later, once however often it is told. */
  diskRefused(): void {
    this.#cancelProbe ??= this.#clock.after(PROBE_EVERY_MS, () => {
      this.#cancelProbe = undefined;
      this.#worker.send({ type: 'probe' });
    });
  }

  #trim(): void {
    this.#worker.send({ type: 'trim', now: this.#clock.now() });
  }
}
