import type { Clock } from '../../src/time/clock.ts';

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

/** A clock that a test advances by hand; `now()` starts at a fixed date. */
export class ManualClock implements Clock {
  #elapsed = 0;
  readonly #start = Date.UTC(2026, 0, 1);
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#start + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer: Timer = { due: this.#elapsed + delayMs, callback };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** Timers that are set and neither fired nor cancelled. */
  get timerCount(): number {
    return this.#timers.size;
  }

  /** Moves time on and fires what falls due, in order. */
  advance(ms: number): void {
    const until = this.#elapsed + ms;
    for (;;) {
      const next = [...this.#timers].filter((timer) => timer.due <= until).sort((a, b) => a.due - b.due)[0];
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#elapsed = Math.max(this.#elapsed, next.due);
      next.callback();
    }
    this.#elapsed = until;
  }
}
