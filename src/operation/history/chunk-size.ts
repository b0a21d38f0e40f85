import type { ReadLimits } from '../../broker/history.ts';

/** Records of the largest chunk. */
const MOST_RECORDS = 500;
/** Values of one chunk, in bytes; a topic of many partitions shares the larger number among them. */
const MOST_BYTES = 262_144;
const BYTES_OF_ALL_PARTITIONS = 2_097_152;
const FEWEST_BYTES = 16_384;

/** How much one partition is asked for at a time: little for a small page, more each time that this was not enough. */
export class ChunkSize {
  #records: number;
  readonly #bytes: number;

  /** `count`: events that are wanted of all partitions together. */
  constructor(count: number, partitions: number) {
    // One more than is wanted tells whether something follows.
    this.#records = Math.min(MOST_RECORDS, Math.max(16, Math.ceil(count / partitions) + 1));
    this.#bytes = Math.max(FEWEST_BYTES, Math.min(MOST_BYTES, Math.floor(BYTES_OF_ALL_PARTITIONS / partitions)));
  }

  next(): ReadLimits {
    const limits = { maxRecords: this.#records, maxBytes: this.#bytes };
    this.#records = Math.min(MOST_RECORDS, this.#records * 2);
    return limits;
  }
}
