import type { Clock } from '../../time/clock.ts';

/**
 * A socket that is full: notices when its peer has stopped reading for good (P34). Made when the socket becomes full and closed when
 * it takes more again; most sockets never have one.
 */
export class FullSocket {
  readonly #clock: Clock;
  readonly #stuckTimeoutMs: number;
  readonly #onStuck: () => void;
  /** Monotonic milliseconds at which bytes last left, or at which it became full. */
  #lastLeft: number;
  #cancelTimer: () => void;

  /** `onStuck` is called when not one byte has left for `stuckTimeoutMs`; the owner closes then. */
  constructor(clock: Clock, stuckTimeoutMs: number, onStuck: () => void) {
    this.#clock = clock;
    this.#stuckTimeoutMs = stuckTimeoutMs;
    this.#onStuck = onStuck;
    this.#lastLeft = clock.monotonic();
    this.#cancelTimer = this.#watch(stuckTimeoutMs);
  }

  /** Bytes left for the peer. */
  moved(): void {
    this.#lastLeft = this.#clock.monotonic();
  }

  /** It takes more again, or is gone. Idempotent. */
  close(): void {
    this.#cancelTimer();
  }

  /** The timer looks at the clock when it fires: bytes leave far more often than that. */
  #watch(delayMs: number): () => void {
    return this.#clock.after(delayMs, () => {
      const restMs = this.#lastLeft + this.#stuckTimeoutMs - this.#clock.monotonic();
      if (restMs > 0) this.#cancelTimer = this.#watch(restMs);
      else this.#onStuck();
    });
  }
}
