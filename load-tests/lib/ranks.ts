/** Numbers the events that one subscriber must get, of a list of rows that is published from its start again and again. */
export class Ranks<Row> {
  readonly #matching: readonly boolean[];
  /** How many rows match up to and with each row. */
  readonly #counts: readonly number[];

  constructor(rows: readonly Row[], matches: (row: Row) => boolean) {
    this.#matching = rows.map(matches);
    let count = 0;
    this.#counts = this.#matching.map((matching) => {
      count += matching ? 1 : 0;
      return count;
    });
  }

  /** The number among those that match, from 1, of the event with this number among all; undefined when it does not match. */
  rankOf(sequence: number): number | undefined {
    return this.#matching[(sequence - 1) % this.#matching.length] === true ? this.countUpTo(sequence) : undefined;
  }

  /** How many of the first so many events match. */
  countUpTo(sequence: number): number {
    const rounds = Math.floor(sequence / this.#counts.length);
    const rest = sequence % this.#counts.length;
    const perRound = this.#counts.at(-1) ?? 0;
    return rounds * perRound + (rest === 0 ? 0 : (this.#counts[rest - 1] ?? 0));
  }
}
