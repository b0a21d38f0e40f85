import type { Clock } from '../../time/clock.ts';

/** One write that waits for its answer. */
export interface AwaitedAnswer {
  readonly isSettled: boolean;
  reject(error: Error): void;
}

interface Waiting {
  readonly answer: AwaitedAnswer;
  /** Monotonic milliseconds. */
  readonly deadline: number;
}

/** Ends what is not answered in time, with one timer for all: everyone has the same time, so the oldest comes first. */
export class AnswerDeadlines {
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  #waiting: Waiting[] = [];
  /** Those before it are settled. */
  #first = 0;
  #armed = false;

  constructor(clock: Clock, deadlineMs: number) {
    this.#clock = clock;
    this.#deadlineMs = deadlineMs;
  }

  add(answer: AwaitedAnswer): void {
    this.#skipSettled();
    this.#waiting.push({ answer, deadline: this.#clock.monotonic() + this.#deadlineMs });
    if (!this.#armed) this.#arm(this.#deadlineMs);
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
    for (;;) {
      this.#skipSettled();
      const next = this.#waiting[this.#first];
      if (next === undefined) return;
      if (next.deadline > now) {
        this.#arm(next.deadline - now);
        return;
      }
      this.#first += 1;
      next.answer.reject(new Error('Command timed out'));
    }
  }

  #skipSettled(): void {
    while (this.#waiting[this.#first]?.answer.isSettled === true) this.#first += 1;
    if (this.#first === this.#waiting.length) {
      if (this.#first > 0) this.#waiting = [];
      this.#first = 0;
    } else if (this.#first >= 1024) {
      this.#waiting.splice(0, this.#first);
      this.#first = 0;
    }
  }
}
