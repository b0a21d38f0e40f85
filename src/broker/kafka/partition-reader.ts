import type { BrokerEnvironment } from '../environment.ts';
import type { TailSink } from '../port.ts';
import type { FetchedPartition } from './fetch-response.ts';
import { ReadCommitted } from './read-committed.ts';
import { type DecodedRecord, type FetchedBatch, readBatches } from './record-batch.ts';

/** One tail's place in one partition. */
export interface PartitionTail {
  readonly sink: TailSink;
  /** The first offset that the tail may see. */
  readonly from: bigint;
  /**
   * Below this offset the tail sees records of transactions alone: what was not transactional could be read before the tail
   * was attached, but was kept back behind an open transaction.
   */
  readonly transactionalBelow: bigint;
  /** False once the tail was closed. */
  readonly isOpen: () => boolean;
}

/** A value that is no JSON text: subscribers hear of the unreadable record as EVENT_INVALID, with a cursor beyond it. */
const UNREADABLE = Buffer.alloc(0);

/**
 * Reads one partition for all its tails: keeps its own offset, applies the read-committed rule, and hands out copies.
 * A batch that cannot be decoded costs one EVENT_INVALID and never more (F18).
 */
export class PartitionReader {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly tails: Set<PartitionTail> = new Set();
  readonly #environment: BrokerEnvironment;
  #offset: bigint;
  #leaderEpoch = -1;
  #heldBackSince: number | undefined;

  constructor(
    place: { readonly topic: string; readonly topicId: string; readonly partition: number; readonly offset: bigint },
    environment: BrokerEnvironment,
  ) {
    this.topic = place.topic;
    this.topicId = place.topicId;
    this.partition = place.partition;
    this.#offset = place.offset;
    this.#environment = environment;
  }

  /** The next offset to fetch. */
  get offset(): bigint {
    return this.#offset;
  }

  /** Leader epoch of the last batch read; -1 before the first. A broker whose log does not hold it there was cut. */
  get leaderEpoch(): number {
    return this.#leaderEpoch;
  }

  /** Monotonic milliseconds since when an open transaction keeps records back; undefined while none does. */
  get heldBackSince(): number | undefined {
    return this.#heldBackSince;
  }

  /** Stops telling the broker what was read last; it then answers by the offset alone. */
  forgetLeaderEpoch(): void {
    this.#leaderEpoch = -1;
  }

  /** Takes what a fetch from `offset` brought. Returns the bytes of records looked at. */
  take(fetched: FetchedPartition): number {
    const committed = new ReadCommitted(fetched.abortedTransactions);
    const before = this.#offset;
    for (const batch of readBatches(fetched.records)) {
      // Compaction may leave a batch that ends before the offset asked for.
      if (batch.header.lastOffset < this.#offset) continue;
      if (committed.keeps(batch.header)) this.#deliver(batch);
      this.#offset = batch.header.lastOffset + 1n;
      this.#leaderEpoch = batch.header.leaderEpoch;
    }
    if (fetched.records.length > 0 && this.#offset === before && this.#stuck(fetched)) this.#offset += 1n;
    this.#watchTransactions(fetched);
    return fetched.records.length;
  }

  #deliver(batch: FetchedBatch): void {
    let records: readonly DecodedRecord[];
    try {
      records = batch.records();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#unreadable(batch.header.lastOffset, batch.header.leaderEpoch, why);
      return;
    }
    for (const record of records) {
      if (record.offset >= this.#offset) this.#hand(record, batch.header.isTransactional, batch.header.leaderEpoch);
    }
  }

  /** The broker sends a first batch whole, so bytes of which nothing can be read are damaged down to their frame. */
  #stuck(fetched: FetchedPartition): boolean {
    const [first] = readBatches(fetched.records);
    if (first !== undefined) return false;
    this.#unreadable(this.#offset, Math.max(0, this.#leaderEpoch), 'its frame is damaged');
    return true;
  }

  #unreadable(offset: bigint, leaderEpoch: number, why: string): void {
    this.#environment.log.error('A batch of Kafka records cannot be read and is passed over', {
      topic: this.topic,
      partition: this.partition,
      from: String(this.#offset),
      to: String(offset),
      why,
    });
    const timestamp = this.#environment.clock.now();
    this.#hand({ offset, timestamp, key: undefined, value: UNREADABLE }, false, leaderEpoch);
  }

  #hand(record: DecodedRecord, transactional: boolean, leaderEpoch: number): void {
    const { offset, timestamp, key, value } = record;
    this.#environment.onBytes('in', value?.length ?? 0);
    for (const tail of this.tails) {
      if (offset < tail.from || (!transactional && offset < tail.transactionalBelow) || !tail.isOpen()) continue;
      const position = { type: 'kafka', partition: this.partition, offset, leaderEpoch } as const;
      tail.sink.record({ instance: undefined, key, value, position, timestamp });
    }
  }

  #watchTransactions({ highWatermark, lastStableOffset }: FetchedPartition): void {
    const heldBack = highWatermark > lastStableOffset && this.#offset >= lastStableOffset;
    if (!heldBack) this.#heldBackSince = undefined;
    else this.#heldBackSince ??= this.#environment.clock.monotonic();
  }
}
