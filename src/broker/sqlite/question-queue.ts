import type { Clock } from '../../time/clock.ts';
import { MAX_WAITING_QUESTIONS, READ_DEADLINE_MS } from './config.ts';
import type { HistoryAnswer, HistoryQuestion } from './history-messages.ts';

interface Pending {
  readonly question: HistoryQuestion;
  readonly answer: (answer: HistoryAnswer) => void;
  readonly cancelTimer: () => void;
}

/**
 * Questions on their way to the worker, one at a time, in the order of asking: publishes go between them, so that a long replay
 * delays none by more than one answer. Bounded (policy: `unavailable`); at its deadline a question is `unavailable` too.
 */
export class QuestionQueue {
  readonly #clock: Clock;
  readonly #send: (question: HistoryQuestion) => void;
  readonly #waiting = new Set<Pending>();
  /** With the worker now. Stays there when its deadline has passed, until the worker has answered. */
  #asked: Pending | undefined;
  /** Why nothing can be asked now; undefined while a worker is there. */
  #away: string | undefined = 'The embedded log is not open.';

  constructor(clock: Clock, send: (question: HistoryQuestion) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  ask(question: HistoryQuestion): Promise<HistoryAnswer> {
    if (this.#away !== undefined) return Promise.resolve({ type: 'unavailable', reason: this.#away });
    if (this.#waiting.size >= MAX_WAITING_QUESTIONS) {
      const reason = `${MAX_WAITING_QUESTIONS} reads wait for the embedded log already.`;
      return Promise.resolve({ type: 'unavailable', reason });
    }
    return new Promise((resolve) => {
      const pending: Pending = {
        question,
        answer: resolve,
        cancelTimer: this.#clock.after(READ_DEADLINE_MS, () => {
          this.#waiting.delete(pending);
          resolve({ type: 'unavailable', reason: 'The embedded log did not answer in time.' });
        }),
      };
      this.#waiting.add(pending);
      this.#next();
    });
  }

  /** A worker is there. */
  opened(): void {
    this.#away = undefined;
  }

  /** The worker's answer to the question that it was sent. */
  answered(answer: HistoryAnswer): void {
    const pending = this.#asked;
    this.#asked = undefined;
    if (pending !== undefined) settle(pending, answer);
    this.#next();
  }

  /** No worker is there to answer: all are `unavailable`, and so is whatever is asked until the next one. */
  fail(reason: string): void {
    this.#away = reason;
    const unanswered = [...(this.#asked === undefined ? [] : [this.#asked]), ...this.#waiting];
    this.#asked = undefined;
    this.#waiting.clear();
    for (const pending of unanswered) settle(pending, { type: 'unavailable', reason });
  }

  #next(): void {
    if (this.#asked !== undefined) return;
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    this.#asked = next;
    this.#send(next.question);
  }
}

function settle(pending: Pending, answer: HistoryAnswer): void {
  pending.cancelTimer();
  pending.answer(answer);
}
