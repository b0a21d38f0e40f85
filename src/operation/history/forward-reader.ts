import type { BrokerRecord } from '../../broker/record.ts';
import { OperationError } from '../../error/operation-error.ts';
import { positionAfter } from '../../fanout/position-after.ts';
import { comparePositions, type PartitionPosition } from '../../routing/position.ts';
import type { Bounds } from './bounds.ts';
import type { ChunkSize } from './chunk-size.ts';
import { answered, type HistorySource } from './source.ts';

/** One partition of a range, read from its lower bound on. `fill`, then look at `head`; `take` it, and so on. */
export class ForwardReader {
  readonly partition: number;
  readonly #source: HistorySource;
  readonly #log: string;
  readonly #upper: PartitionPosition | undefined;
  readonly #before: PartitionPosition | undefined;
  readonly #size: ChunkSize;
  #position: PartitionPosition;
  #records: readonly BrokerRecord[] = [];
  #taken = 0;
  /** Of the chunk. */
  #next: PartitionPosition;
  #atEnd = false;
  #over: boolean;

  constructor(source: HistorySource, bounds: Bounds, partition: number, start: PartitionPosition, size: ChunkSize) {
    this.#source = source;
    this.partition = partition;
    this.#log = bounds.log;
    // A partition that the upper bound does not know is younger than it.
    this.#upper = bounds.upper === undefined ? undefined : (bounds.upper[partition] ?? start);
    this.#before = bounds.before;
    this.#size = size;
    this.#position = start;
    this.#next = start;
    this.#over = this.#upper !== undefined && comparePositions(start, this.#upper) >= 0;
  }

  /** The next record of the range; undefined when there is none, or it was not filled. */
  get head(): BrokerRecord | undefined {
    return this.#over ? undefined : this.#records[this.#taken];
  }

  /** Everything of the partition before it was taken. */
  get position(): PartitionPosition {
    return this.#position;
  }

  /** Reads until there is a head or nothing more is to come. Throws what {@link answered} throws. */
  async fill(): Promise<void> {
    while (!this.#over && this.head === undefined) {
      const from = this.#position;
      const { history, stream } = this.#source;
      const chunk = answered(await history.read(stream, this.partition, this.#log, from, this.#size.next()));
      this.#records = chunk.records;
      this.#taken = 0;
      this.#next = chunk.next;
      this.#atEnd = chunk.atEnd;
      if (chunk.records.length === 0 && !chunk.atEnd && comparePositions(chunk.next, from) <= 0) throw noProgress();
      this.#settle();
    }
  }

  /** The head, which then is the next one. */
  take(): BrokerRecord {
    const record = this.head;
    if (record === undefined) throw new Error('Nothing is left to take; fill first.');
    this.#taken += 1;
    this.#position = positionAfter(record);
    this.#settle();
    return record;
  }

  /** Is the next record beyond the range, or the chunk used up? */
  #settle(): void {
    const record = this.#records[this.#taken];
    if (record !== undefined) {
      if (!this.#includes(positionAfter(record))) this.#over = true;
      return;
    }
    // Behind the last record there may be holes, which the chunk steps over.
    if (this.#includes(this.#next)) this.#position = this.#next;
    else this.#over = true;
    if (this.#atEnd || (this.#upper !== undefined && comparePositions(this.#position, this.#upper) >= 0))
      this.#over = true;
  }

  #includes(after: PartitionPosition): boolean {
    if (this.#upper !== undefined && comparePositions(after, this.#upper) > 0) return false;
    return this.#before === undefined || comparePositions(after, this.#before) < 0;
  }
}

/** A broker that brings nothing and is not at the end either. */
export function noProgress(): OperationError {
  return new OperationError('BROKER_UNAVAILABLE', 'The broker brought no events in time; try again.');
}
