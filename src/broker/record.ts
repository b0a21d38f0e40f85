import type { TopicInstance } from '../routing/topic.ts';

/**
 * Where a record stands in its broker's log. Two positions compare only within one stream and one kind.
 * Positions are what cursors are made of; they grant nothing.
 */
export type Position =
  | { readonly type: 'kafka'; readonly partition: number; readonly offset: bigint; readonly leaderEpoch: number }
  | {
      readonly type: 'redis-stream';
      /** Random text made when the stream was born, kept in `sluice:{instance}`; empty until it is known. */
      readonly epoch: string;
      /** Entry id, `<ms>-<n>`. */
      readonly id: string;
      /** The entry's ordinal since the stream was born (XINFO entries-added); 0 when it is not known. */
      readonly ordinal: number;
    }
  | { readonly type: 'log'; readonly epoch: string; readonly sequence: number };

/** One record as a broker delivered it, undecoded. */
export interface BrokerRecord {
  /** The channel or stream key it came by; undefined where the broker's address does not name an instance (Kafka, topic logs). */
  readonly instance: TopicInstance | undefined;
  /** Kafka's record key, or the key the embedded log keeps in its place; undefined when there is none. */
  readonly key: Buffer | undefined;
  /** JSON text in UTF-8; null is a tombstone. A view that belongs to the receiver: the adapter never reuses its memory. */
  readonly value: Buffer | null;
  /** Undefined where nothing is kept (EPHEMERAL). */
  readonly position: Position | undefined;
  /** Milliseconds since the epoch: the broker's timestamp, or the time of receipt where the broker gives none. */
  readonly timestamp: number;
  /** The trace in which it was written (W3C `traceparent`, checked), where its broker carries one and its writer had one. */
  readonly traceparent?: string;
}
