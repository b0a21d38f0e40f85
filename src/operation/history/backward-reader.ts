import type { BrokerRecord } from '../../broker/record.ts';
import { positionAfter } from '../../fanout/position-after.ts';
import { comparePositions, type PartitionPosition } from '../../routing/position.ts';
import type { Bounds } from './bounds.ts';
import type { ChunkSize } from './chunk-size.ts';
import { noProgress } from './forward-reader.ts';
import { answered, type HistorySource } from './source.ts';

/** One partition of a range, read from its upper bound back. `fill`, then look at `head`; `take` it, and so on. */
export class BackwardReader {
  readonly partition: number;
  readonly #source: HistorySource;
  readonly #log: string;
  readonly #lower: PartitionPosition | undefined;
  readonly #before: PartitionPosition | undefined;
  readonly #size: ChunkSize;
  #position: PartitionPosition;
  #records: readonly BrokerRecord[] = [];
  /** Records of the chunk that are not taken: the first so many. */
  #left = 0;
  /** Of the chunk. */
  #next: PartitionPosition;
  #atEnd = false;
  #over: boolean;

  constructor(source: HistorySource, bounds: Bounds, partition: number, start: PartitionPosition, size: ChunkSize) {
    this.#source = source;
    this.partition = partition;
    this.#log = bounds.log;
    this.#lower = bounds.lower?.[partition];
    this.#before = bounds.before;
    this.#size = size;
    this.#position = start;
    this.#next = start;
    this.#over = this.#lower !== undefined && comparePositions(start, this.#lower) <= 0;
  }

  /** The newest record of the range that was not taken; undefined when there is none, or it was not filled. */
  get head(): BrokerRecord | undefined {
    return this.#over ? undefined : this.#records[this.#left - 1];
  }

  /** Everything of the range from it on was taken: before the first take, its upper end. */
  get position(): PartitionPosition {
    return this.#position;
  }

  /** Reads until there is a head or nothing more is to come. Throws what {@link answered} throws. */
  async fill(): Promise<void> {
    while (!this.#over && this.head === undefined) {
      const { history, stream } = this.#source;
      const from = this.#next;
      const chunk = answered(await history.readBackwards(stream, this.partition, this.#log, from, this.#size.next()));
      this.#records = chunk.records;
      this.#left = chunk.records.length;
      this.#next = chunk.next;
      this.#atEnd = chunk.atEnd;
      if (chunk.records.length === 0 && !chunk.atEnd && comparePositions(chunk.next, from) >= 0) throw noProgress();
      this.#skipEdge();
      this.#settle();
    }
  }

  /** The head; the one before it is the next. */
  take(): BrokerRecord {
    const record = this.head;
    if (record === undefined) throw new Error('Nothing is left to take; fill first.');
    this.#step();
    this.#settle();
    return record;
  }

  /** `before` stands right after the record of an edge, which is not in the page; there is none when it was deleted since. */
  #skipEdge(): void {
    const newest = this.head;
    if (newest === undefined || this.#before === undefined) return;
    if (comparePositions(positionAfter(newest), this.#before) >= 0) this.#step();
  }

  #step(): void {
    this.#left -= 1;
    const previous = this.#records[this.#left - 1];
    this.#position = previous === undefined ? this.#next : positionAfter(previous);
  }

  #settle(): void {
    const record = this.#records[this.#left - 1];
    if (record === undefined) this.#over ||= this.#atEnd;
    else if (this.#lower !== undefined && comparePositions(positionAfter(record), this.#lower) <= 0) this.#over = true;
  }
}
