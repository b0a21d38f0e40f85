const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** A worker that served for less than this died early, in milliseconds. */
const EARLY_MS = 30_000;
/** So many early deaths one after the other are a loop that starting again does not end. */
const MAX_EARLY_DEATHS = 6;

/** What to do after a worker's death. */
export type AfterDeath = { readonly type: 'restart'; readonly pauseMs: number } | { readonly type: 'give-up' };

/** F24: how long to wait before a worker is started again, and when to give up. Pure: the caller measures. */
export class BackOff {
  #earlyDeaths = 0;

  /** `servedMs` is how long the worker served, 0 when it never did. */
  died(servedMs: number): AfterDeath {
    this.#earlyDeaths = servedMs < EARLY_MS ? this.#earlyDeaths + 1 : 1;
    if (this.#earlyDeaths >= MAX_EARLY_DEATHS) return { type: 'give-up' };
    return { type: 'restart', pauseMs: Math.min(FIRST_PAUSE_MS * 2 ** (this.#earlyDeaths - 1), LONGEST_PAUSE_MS) };
  }
}
