/** What a subscriber learns from one number of a sequence that the publisher counts from 1. */
export interface SequenceStep {
  /** Numbers that were passed over. */
  readonly missing: number;
  /** It was here before, or came late: order is per topic instance, so that is a fault too. */
  readonly repeated: boolean;
}

/** Follows one sequence as one subscriber sees it. */
export class SequenceCheck {
  #last = 0;

  /** Numbers received in order so far, gaps included. */
  get last(): number {
    return this.#last;
  }

  receive(sequence: number): SequenceStep {
    if (sequence <= this.#last) return { missing: 0, repeated: true };
    const missing = sequence - this.#last - 1;
    this.#last = sequence;
    return { missing, repeated: false };
  }
}
