import type { ReadLimits } from '../history.ts';
import type { BrokerRecord } from '../record.ts';

/** Of the records that are put in, in log order, keeps the newest that fit into the limits. */
export class NewestRecords {
  readonly records: BrokerRecord[] = [];
  readonly #limits: ReadLimits;
  readonly #atLeast: number;
  #bytes = 0;
  #leftOut = false;

  /** So many of the newest are kept whatever their size. */
  constructor(limits: ReadLimits, atLeast: 0 | 1) {
    this.#limits = limits;
    this.#atLeast = atLeast;
  }

  /** Of the values that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Were there older records that did not fit? */
  get leftOut(): boolean {
    return this.#leftOut;
  }

  push(record: BrokerRecord): void {
    this.records.push(record);
    this.#bytes += record.value?.length ?? 0;
    const { maxRecords, maxBytes } = this.#limits;
    while (this.records.length > this.#atLeast && (this.records.length > maxRecords || this.#bytes > maxBytes)) {
      this.#bytes -= this.records.shift()?.value?.length ?? 0;
      this.#leftOut = true;
    }
  }
}
