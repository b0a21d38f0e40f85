import type { Clock } from '../time/clock.ts';

/** Spreads events evenly over time: event n is due n / rate seconds after the first. Falls behind rather than catch up in a burst. */
export class Pace {
  readonly #clock: Clock;
  /** Milliseconds between two events. */
  readonly #interval: number;
  #due: number | undefined;

  /** `rate` is in events per second. */
  constructor(clock: Clock, rate: number) {
    this.#clock = clock;
    this.#interval = 1000 / rate;
  }

  /** Takes the next places for `count` events; returns how many milliseconds to wait before they are sent. */
  take(count: number): number {
    const now = this.#clock.monotonic();
    const due = Math.max(this.#due ?? now, now - this.#interval);
    this.#due = due + count * this.#interval;
    return Math.max(0, due - now);
  }
}
