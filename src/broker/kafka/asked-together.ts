/**
 * One question that many ask at the same time, asked once for all of them. Who comes while it is under way waits for the next one:
 * an answer is never older than the call that gets it.
 */
export class AskedTogether<T> {
  readonly #ask: () => Promise<T>;
  #underWay: Promise<T> | undefined;
  #next: Promise<T> | undefined;

  constructor(ask: () => Promise<T>) {
    this.#ask = ask;
  }

  /** Settles as the question does. */
  ask(): Promise<T> {
    if (this.#underWay === undefined) return this.#begin();
    this.#next ??= this.#underWay.then(
      () => this.#begin(),
      () => this.#begin(),
    );
    return this.#next;
  }

  #begin(): Promise<T> {
    this.#next = undefined;
    const underWay = this.#ask();
    this.#underWay = underWay;
    const over = (): void => {
      // Whoever waited for its end has begun the next one.
      if (this.#underWay === underWay) this.#underWay = undefined;
    };
    underWay.then(over, over);
    return underWay;
  }
}
