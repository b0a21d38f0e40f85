import type { MessageRecord } from '@platformatic/kafka';
import type { PublishOutcome } from '../outcome.ts';

/** One publish that waits for its answer. */
export interface PendingRecord {
  readonly message: MessageRecord;
  /** About what it takes on the wire. */
  readonly bytes: number;
  /** Monotonic milliseconds. */
  readonly deadline: number;
  /** Undefined once it was called. */
  answer: ((outcome: PublishOutcome) => void) | undefined;
}

/** Answers once; later answers are ignored. */
export function answer(record: PendingRecord, outcome: PublishOutcome): void {
  const call = record.answer;
  record.answer = undefined;
  call?.(outcome);
}

/**
 * Records that are written together. From the moment when it may be in the log (`mayBeStored`), it is resent exactly as it was,
 * whether or not its publishers still wait; before that, records that ran out of time leave it.
 */
export class Batch {
  #records: PendingRecord[];
  /** Did an attempt end, or does one run, that may have stored it? */
  mayBeStored = false;
  /** Why the last attempt did not succeed, for the answers at the deadline. */
  lastReason = 'no attempt was made in time';

  constructor(records: PendingRecord[]) {
    this.#records = records;
  }

  get records(): readonly PendingRecord[] {
    return this.#records;
  }

  /** Does anybody still wait for it? */
  get isWanted(): boolean {
    return this.#records.some((record) => record.answer !== undefined);
  }

  /** Answers those whose time is up, with the truth of now. */
  expire(now: number): void {
    for (const record of this.#records) {
      if (record.deadline <= now) answer(record, this.#outcome('the deadline passed'));
    }
    this.#dropAnswered();
  }

  /** Answers everyone who still waits: it ended without success. */
  fail(why: string): void {
    for (const record of this.#records) answer(record, this.#outcome(why));
    this.#dropAnswered();
  }

  #outcome(why: string): PublishOutcome {
    const reason = `${why}; ${this.lastReason}`;
    return this.mayBeStored ? { type: 'indeterminate', reason } : { type: 'unavailable', reason };
  }

  #dropAnswered(): void {
    if (!this.mayBeStored) this.#records = this.#records.filter((record) => record.answer !== undefined);
  }
}
