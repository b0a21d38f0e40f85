import type { Clock } from '../time/clock.ts';

/** A request whose body has not arrived to its end. */
export interface AwaitedBody {
  /** Its time is over. */
  late(): void;
}

/** A35: ends requests whose bodies do not arrive in time, with one timer for all: everyone has the same time, so the oldest comes first. */
export class BodyDeadlines {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  /** With their deadlines in monotonic milliseconds, in the order in which they began. */
  readonly #awaited = new Map<AwaitedBody, number>();
  #armed = false;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  add(body: AwaitedBody): void {
    this.#awaited.set(body, this.#clock.monotonic() + this.#timeoutMs);
    if (!this.#armed) this.#arm(this.#timeoutMs);
  }

  /** Its body is there, or nobody waits for it any longer. Idempotent. */
  delete(body: AwaitedBody): void {
    this.#awaited.delete(body);
  }

  #arm(delayMs: number): void {
    this.#armed = true;
    this.#clock.after(delayMs, () => {
      this.#armed = false;
      this.#look();
    });
  }

  #look(): void {
    const now = this.#clock.monotonic();
    for (const [body, deadline] of this.#awaited) {
      if (deadline > now) {
        this.#arm(deadline - now);
        return;
      }
      this.#awaited.delete(body);
      body.late();
    }
  }
}
