import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Finds times in the log by halving: `event.newest` never falls along the sequence. */
export class TimeSearch {
  readonly #first: StatementSync;
  readonly #last: StatementSync;
  readonly #from: StatementSync;

  constructor(database: DatabaseSync) {
    this.#first = database.prepare('SELECT sequence, newest FROM event ORDER BY sequence LIMIT 1');
    this.#last = database.prepare('SELECT sequence, newest FROM event ORDER BY sequence DESC LIMIT 1');
    this.#from = database.prepare('SELECT sequence, newest FROM event WHERE sequence >= ? ORDER BY sequence LIMIT 1');
  }

  /** Every record of the file before the returned sequence is older than `time`, milliseconds since the epoch; undefined: all are. */
  firstNotOlder(time: number): number | undefined {
    const [first, last] = [this.#first.get(), this.#last.get()];
    if (first === undefined || last === undefined || Number(last['newest']) < time) return undefined;
    let low = Number(first['sequence']);
    let high = Number(last['sequence']);
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = this.#from.get(middle);
      // The sequence has holes; the row at `high` is there and not older, so one is found.
      if (Number(row?.['newest']) >= time) high = middle;
      else low = Number(row?.['sequence']) + 1;
    }
    return low;
  }
}
