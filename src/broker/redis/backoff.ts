/** Delays between attempts, in milliseconds: doubling from `first` up to `cap`, each shortened by up to half so that many gateways spread. */
export class Backoff {
  readonly #first: number;
  readonly #cap: number;
  readonly #random: () => number;
  #attempt = 0;

  constructor(first: number, cap: number, random: () => number = Math.random) {
    this.#first = first;
    this.#cap = cap;
    this.#random = random;
  }

  /** `cap` overrides the usual one for this attempt. */
  next(cap: number = this.#cap): number {
    // 2^20 is beyond any cap; the exponent must not grow for ever.
    const delay = Math.min(cap, this.#first * 2 ** Math.min(this.#attempt++, 20));
    return delay * (1 - this.#random() / 2);
  }

  reset(): void {
    this.#attempt = 0;
  }
}
