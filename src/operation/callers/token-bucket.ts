/** How fast tokens come, and how many may lie there. */
export interface Rate {
  /** Above 0. */
  readonly perSecond: number;
  readonly burst: number;
}

/** A rate of so many a second, twice as many at once. */
export function rateOf(perSecond: number): Rate {
  return { perSecond, burst: 2 * perSecond };
}

/** What one client may still do now. Full at first; its rate stands outside, because there are as many buckets as sockets. */
export class TokenBucket {
  #level: number;
  #filledAt: number;

  /** `now` in monotonic milliseconds. */
  constructor({ burst }: Rate, now: number) {
    this.#level = burst;
    this.#filledAt = now;
  }

  /** Takes a token: 0; or takes none: milliseconds until there is one. */
  take(rate: Rate, now: number): number {
    this.#fill(rate, now);
    const wait = this.#wait(rate);
    if (wait === 0) this.#level -= 1;
    return wait;
  }

  /** Like `take`, but a try in vain costs a token too, down to a debt of a whole burst: who goes on waits longer. */
  takeOrOwe(rate: Rate, now: number): number {
    this.#fill(rate, now);
    const wait = this.#wait(rate);
    this.#level = Math.max(this.#level - 1, -rate.burst);
    return wait;
  }

  /** Is the debt as large as it can be? */
  isExhausted({ burst }: Rate): boolean {
    return this.#level <= -burst;
  }

  #fill({ perSecond, burst }: Rate, now: number): void {
    this.#level = Math.min(burst, this.#level + ((now - this.#filledAt) * perSecond) / 1000);
    this.#filledAt = now;
  }

  #wait({ perSecond }: Rate): number {
    return this.#level >= 1 ? 0 : Math.ceil(((1 - this.#level) * 1000) / perSecond);
  }
}
