import { BackOff } from './back-off.ts';

/** The wait before a new connection; `end` cuts it short, so that nobody has to wait for a client that is disposed of. */
export class RetryWait {
  readonly #given: ((retries: number) => Promise<void>) | undefined;
  readonly #backOff: BackOff = new BackOff({ random: Math.random, monotonic: () => performance.now() });
  #timer: ReturnType<typeof setTimeout> | undefined;
  #finish = (): void => {};

  /** @param given instead of the back-off */
  constructor(given: ((retries: number) => Promise<void>) | undefined) {
    this.#given = given;
  }

  /** A connection was accepted. */
  connected(): void {
    this.#backOff.connected();
  }

  /** graphql-ws opens one connection at a time, so there is one wait at a time. */
  wait(retries: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#finish = resolve;
      if (this.#given === undefined) this.#timer = setTimeout(resolve, this.#backOff.next());
      else this.#given(retries).then(resolve, reject);
    });
  }

  /** Idempotent. */
  end(): void {
    clearTimeout(this.#timer);
    this.#finish();
  }
}
