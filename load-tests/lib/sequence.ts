/** What a subscriber learns from one number. */
export type SequenceStep =
  /** The next one. */
  | 'in order'
  /** Numbers were passed over; they may still come. */
  | 'ahead'
  /** One that was passed over came after all: events have changed places. */
  | 'late'
  /** It was here before. */
  | 'repeated';

/** How many numbers that were passed over are told apart from repeated ones. */
const MISSING_LIMIT = 10_000;

/** Follows one sequence, which its publisher counts from 1, as one subscriber sees it. */
export class SequenceCheck {
  readonly #missing = new Set<number>();
  /** Numbers that were passed over beyond what is told apart. */
  #untold = 0;
  #last: number;
  #received = 0;
  #duplicates = 0;
  #reorders = 0;

  /** Numbers up to `after` are not expected. */
  constructor(after = 0) {
    this.#last = after;
  }

  /** The highest number so far. */
  get last(): number {
    return this.#last;
  }

  /** Different numbers so far. */
  get received(): number {
    return this.#received;
  }

  /** Numbers that were passed over and have not come. */
  get missing(): number {
    return this.#missing.size + this.#untold;
  }

  get duplicates(): number {
    return this.#duplicates;
  }

  /** Numbers that came after a higher one. */
  get reorders(): number {
    return this.#reorders;
  }

  receive(sequence: number): SequenceStep {
    if (sequence > this.#last) {
      const step = sequence === this.#last + 1 ? 'in order' : 'ahead';
      this.#pass(sequence);
      this.#last = sequence;
      this.#received += 1;
      return step;
    }
    if (this.#missing.delete(sequence)) {
      this.#reorders += 1;
      this.#received += 1;
      return 'late';
    }
    this.#duplicates += 1;
    return 'repeated';
  }

  /** The publisher's last number: what did not come before it is missing. */
  end(sequence: number): void {
    if (sequence <= this.#last) return;
    this.#pass(sequence + 1);
    this.#last = sequence;
  }

  /** What is missing now was told by the server as lost, and is forgotten. Returns how many those are. */
  excuse(): number {
    const { missing } = this;
    this.#missing.clear();
    this.#untold = 0;
    return missing;
  }

  #pass(next: number): void {
    for (let number = this.#last + 1; number < next; number += 1) {
      if (this.#missing.size === MISSING_LIMIT) {
        this.#untold += next - number;
        return;
      }
      this.#missing.add(number);
    }
  }
}
