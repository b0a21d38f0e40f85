import type { PartitionPosition, StreamPosition } from '../routing/position.ts';
import type { BrokerRecord } from './record.ts';
import type { Stream } from './stream.ts';

/** Why a position can never be read from again (P93). */
export type ExpiryReason =
  /** Retention or a delete passed it: records after it are gone. */
  | 'trimmed'
  /** The log under this name is another one now. */
  | 'recreated'
  /** The log was cut before it: records before it are gone from the end. */
  | 'truncated'
  /** It is no position of this log: a partition that does not exist, an offset beyond any end. */
  | 'invalid';

/** A read that the position's age or the log's fate forbids. */
export interface Expired {
  readonly type: 'expired';
  readonly reason: ExpiryReason;
  /** The oldest position that can be read from now; undefined when nobody can tell. */
  readonly oldest: StreamPosition | undefined;
}

/** The broker cannot be asked at this moment; the same call may go through later. */
export interface Unavailable {
  readonly type: 'unavailable';
  readonly reason: string;
}

/** Where a reader without a cursor starts. */
export type StartingPoint =
  | { readonly type: 'earliest' }
  | { readonly type: 'latest' }
  /** The first record of each partition that its broker's index says is not older; milliseconds since the epoch. */
  | { readonly type: 'time'; readonly time: number };

/** How much one read may bring; at least one record is brought all the same. */
export interface ReadLimits {
  readonly maxRecords: number;
  /** Of record values. */
  readonly maxBytes: number;
}

/** One chunk of one partition. */
export interface Chunk {
  readonly type: 'chunk';
  /** In the order of the log, also when read backwards. Values are the receiver's. */
  readonly records: readonly BrokerRecord[];
  /** Where the next read goes on: after the last record, or before the first when read backwards; holes are stepped over. */
  readonly next: PartitionPosition;
  /** Nothing more was there when the broker answered. */
  readonly atEnd: boolean;
}

/**
 * What a broker with a log can do beyond a live tail. Runs on links of its own, so that a long replay never delays a tail.
 * Every method settles within the adapter's read deadline (5 s) and never rejects.
 * After `close()` of the broker all answer `unavailable`.
 */
export interface History {
  /** The position of a starting point, on all partitions. A log that holds nothing yet has one too. */
  locate(
    stream: Stream,
    start: StartingPoint,
  ): Promise<{ readonly type: 'located'; readonly position: StreamPosition } | Unavailable>;

  /**
   * Checks a position that a client brought back: can everything after it still be read? Extends it by partitions that were added
   * since (they are read from their start). A position before records that were trimmed while nothing after it was lost is valid.
   */
  resume(
    stream: Stream,
    position: StreamPosition,
  ): Promise<{ readonly type: 'valid'; readonly position: StreamPosition } | Expired | Unavailable>;

  /**
   * The records after `position` in one partition of the log named `log`, oldest first. Expired when a record in between was lost.
   * `partition` is the index in the stream's positions: 0 for a stream of one partition (`Stream.partition`), whatever its number.
   */
  read(
    stream: Stream,
    partition: number,
    log: string,
    position: PartitionPosition,
    limits: ReadLimits,
  ): Promise<Chunk | Expired | Unavailable>;

  /**
   * The newest records before `position` in one partition (as for `read`), in log order; `atEnd`: the start of what is kept was
   * reached. Trimming expires nothing here: before a position that it has passed nothing is kept, an empty chunk at the end.
   */
  readBackwards(
    stream: Stream,
    partition: number,
    log: string,
    position: PartitionPosition,
    limits: ReadLimits,
  ): Promise<Chunk | Expired | Unavailable>;
}
