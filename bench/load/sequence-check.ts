/** So far back a late message is told from one that came twice. */
const WINDOW = 1024;
const WORDS = WINDOW / 32;

/**
 * Proves that nothing was lost, doubled or reordered: each connection must see the numbers 0, 1, 2 … of its stream once and in
 * order. A number may come late by up to 1,024 places and still counts as reordered, not as doubled.
 */
export class SequenceCheck {
  /** All messages, those that came twice included. */
  received = 0;
  /** Numbers seen at least once, over all connections. */
  unique = 0;
  /** Numbers jumped over and not seen since. */
  gaps = 0;
  duplicates = 0;
  reordered = 0;
  readonly #next: Int32Array;
  readonly #seen: Int32Array;

  constructor(connections: number) {
    this.#next = new Int32Array(connections);
    this.#seen = new Int32Array(connections * WORDS);
  }

  /** Begins again at 0 for all connections. */
  reset(): void {
    this.received = this.unique = this.gaps = this.duplicates = this.reordered = 0;
    this.#next.fill(0);
    this.#seen.fill(0);
  }

  /** The connection, counted from 0, has received the number. */
  record(connection: number, number: number): void {
    this.received += 1;
    const next = this.#next[connection] ?? 0;
    const word = connection * WORDS + ((number >>> 5) & (WORDS - 1));
    const bit = 1 << (number & 31);
    if (number === next) {
      this.#next[connection] = next + 1;
      // What the bit said of the number 1,024 before is over with it.
      this.#seen[word] = (this.#seen[word] ?? 0) | bit;
      this.unique += 1;
    } else this.#outOfOrder(connection, number, next, word, bit);
  }

  #outOfOrder(connection: number, number: number, next: number, word: number, bit: number): void {
    if (number > next) {
      this.gaps += number - next;
      for (let missed = Math.max(next, number - WINDOW + 1); missed <= number; missed += 1)
        this.#forget(connection, missed);
      this.#seen[word] = (this.#seen[word] ?? 0) | bit;
      this.#next[connection] = number + 1;
      this.unique += 1;
      return;
    }
    const seen = this.#seen[word] ?? 0;
    if (next - number <= WINDOW && (seen & bit) === 0) {
      this.#seen[word] = seen | bit;
      this.gaps -= 1;
      this.reordered += 1;
      this.unique += 1;
    } else this.duplicates += 1;
  }

  #forget(connection: number, number: number): void {
    const word = connection * WORDS + ((number >>> 5) & (WORDS - 1));
    this.#seen[word] = (this.#seen[word] ?? 0) & ~(1 << (number & 31));
  }
}
