/** Milliseconds. No wait is longer, and a connection that lives this long counts as good. */
const CAP_MS = 5_000;
const FIRST_MS = 250;

export interface BackOffOptions {
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  /** Milliseconds; never goes back. */
  readonly monotonic: () => number;
}

/**
 * How long to wait before each new connection: twice as long each time, at most 5 s, of which a random half is taken off, so
 * that the clients of a server that restarted do not come back in one moment. It starts anew only after a connection that
 * lasted: a server that accepts and closes at once (1013) is not asked four times a second.
 */
export class BackOff {
  readonly #random: () => number;
  readonly #monotonic: () => number;
  #waits = 0;
  #connectedAt: number | undefined;

  constructor({ random, monotonic }: BackOffOptions) {
    this.#random = random;
    this.#monotonic = monotonic;
  }

  /** The server has accepted a connection. */
  connected(): void {
    this.#connectedAt = this.#monotonic();
  }

  /** Milliseconds to wait now. */
  next(): number {
    if (this.#connectedAt !== undefined && this.#monotonic() - this.#connectedAt >= CAP_MS) this.#waits = 0;
    this.#connectedAt = undefined;
    const full = Math.min(CAP_MS, FIRST_MS * 2 ** this.#waits);
    this.#waits += 1;
    return full / 2 + (full / 2) * this.#random();
  }
}
