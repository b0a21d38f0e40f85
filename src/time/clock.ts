/** Time as the program sees it; injected, so that tests advance it instead of sleeping. */
export interface Clock {
  /** Milliseconds since the epoch; may jump. For timestamps that people and brokers read. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back. For deadlines and durations. */
  monotonic(): number;
  /** Calls back once after a delay in milliseconds. The returned function cancels it; calling it late or twice does nothing. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The machine's own clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
