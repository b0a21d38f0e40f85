/**
 * The places of those who read history at the same moment, over all streams of the process. A place is held for one chunk,
 * and they are given in the order of asking, so that a few long replays cannot keep a new one waiting.
 */
export class ReaderSlots {
  readonly #limit: number;
  #taken = 0;
  readonly #waiting = new Set<() => void>();

  /** Default 8: enough to keep a broker busy, few enough to bound the chunks held in memory. */
  constructor(limit = 8) {
    this.#limit = limit;
  }

  /** Reads under way now. */
  get taken(): number {
    return this.#taken;
  }

  /** Readers that wait for a place. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Calls back, synchronously or later, when a place is free; the caller must `release` it. The returned function withdraws the wish. */
  acquire(granted: () => void): () => void {
    if (this.#taken < this.#limit) {
      this.#taken += 1;
      granted();
      return () => {};
    }
    this.#waiting.add(granted);
    return () => {
      this.#waiting.delete(granted);
    };
  }

  /**
   * Waits for a place. Resolves with true when it was granted, for the caller to `release`; with false when the function that
   * `cancellable` was given was called first.
   */
  place(cancellable: (cancel: () => void) => void): Promise<boolean> {
    return new Promise((resolve) => {
      let withdraw = (): void => {};
      cancellable(() => {
        withdraw();
        resolve(false);
      });
      withdraw = this.acquire(() => resolve(true));
    });
  }

  release(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#taken -= 1;
      return;
    }
    // The place passes on without becoming free, so that nobody can slip in between.
    this.#waiting.delete(next);
    next();
  }
}
