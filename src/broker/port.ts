import type { LagReading } from '../metrics/readings.ts';
import type { PartitionPosition, StreamPosition } from '../routing/position.ts';
import type { Delivery, Topic, TopicInstance } from '../routing/topic.ts';
import type { History } from './history.ts';
import type { PublishOutcome } from './outcome.ts';
import type { BrokerRecord } from './record.ts';
import type { Stream } from './stream.ts';

/** The adapters by name: metric label, `/healthz` key and contract-suite row. */
export type BrokerName = 'memory' | 'sqlite' | 'redis-pubsub' | 'redis-streams' | 'kafka';

/** Something the tail could not deliver: everything between `since` and now may have been lost. */
export interface TailGap {
  readonly reason: 'link_lost' | 'buffer_killed' | 'slot_moved';
  /** Milliseconds since the epoch: the last moment at which the link was known to be good. */
  readonly since: number;
}

/** Why a tail of a replayable topic can never go on. */
export type TailEndReason = 'trimmed' | 'recreated' | 'truncated';

/**
 * Receives what a tail reads. All methods are called synchronously, never after `close()` of the tail was called,
 * and must not throw.
 */
export interface TailSink {
  /**
   * Replayable brokers only: where the tail begins, told once before the first record and before `attached` settles; told again,
   * with more partitions, when partitions were added, before a record of theirs.
   */
  positioned(position: StreamPosition): void;
  /** One record, in the order of the stream (Kafka: of its partition). */
  record(record: BrokerRecord): void;
  /**
   * The tail stands at a later place of a partition than behind the last record it handed out: what lies between is no record (Kafka's
   * transaction markers, aborted transactions, compacted offsets). Called only where there was such a hole, so that the tail and a
   * reader of history that stepped over it agree. `partition` is the index in the stream's positions.
   */
  advanced(partition: number, position: PartitionPosition): void;
  /** EPHEMERAL only: called when the tail is attached again after a loss that Sluice can see. Once per loss. */
  gap(gap: TailGap): void;
  /** The log under the tail was cut, trimmed past it or made anew. The tail is closed. */
  ended(reason: TailEndReason): void;
}

/** A live tail. It survives the broker's absence by itself and, on a replayable broker, goes on where it stopped. */
export interface Tail {
  /**
   * Settles when the broker has confirmed the tail for the first time: every record acknowledged after that is delivered.
   * Waits while the broker is away; resolves also when the tail is closed first. Never rejects.
   */
  readonly attached: Promise<void>;
  /** Idempotent, synchronous for the caller: the sink hears nothing after it. */
  close(): void;
}

/** One event to write. */
export interface PublishRequest {
  readonly topic: Topic;
  readonly instance: TopicInstance;
  /** The canonical texts of the topic's key fields joined by `.`; undefined for a topic without key fields. */
  readonly key: string | undefined;
  /** JSON text. */
  readonly value: string;
  /** CloudEvents attributes (`id`, `source`, `type`, `time`), carried in Kafka headers or stream fields; not carried by Pub/Sub. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** Questions the core asks instead of asking a broker's name. */
export interface Capabilities {
  /** The deliveries whose guarantee this adapter gives. */
  readonly deliveries: readonly Delivery[];
  /** Does the process keep its events on this machine alone? True: refused beside a public bind unless asked for, and with several workers. */
  readonly embedded: boolean;
}

/** A link's state as `/healthz` and `sluice_broker_up` tell it. */
export type BrokerStatus =
  /** No contact yet since the start. */
  | { readonly type: 'connecting'; readonly since: number; readonly detail: string }
  /** `detail` names what an operator should know although all works, for example an open transaction that keeps records back (F41). */
  | { readonly type: 'up'; readonly since: number; readonly detail?: string }
  /** Contact was lost, or something that Sluice needs of it is missing (a topic, a right). */
  | { readonly type: 'down'; readonly since: number; readonly detail: string };

/** What `open` found out. */
export interface OpenReport {
  /** Did the broker answer within the first contact time? */
  readonly contacted: boolean;
  /** What must be mended before the deployment can work, each with its fix; only when contacted. */
  readonly problems: readonly string[];
}

/**
 * One broker behind one or more deliveries. Adapters hold their own links, reconnect with capped back-off and never throw from a callback.
 *
 * Order: publishes of one instance that are called one after the other without waiting are stored in that order.
 * Nothing queues beyond a publish's deadline.
 */
export interface Broker {
  readonly name: BrokerName;
  readonly capabilities: Capabilities;
  /** What it can do with what it keeps; undefined where nothing is kept. */
  readonly history: History | undefined;

  /**
   * Connects and verifies the topics. Resolves at the first contact, or after `firstContactMs` without one;
   * it then goes on trying in the background. Rejects only for a mistake in its own settings.
   */
  open(): Promise<OpenReport>;

  status(): BrokerStatus;

  /** Calls back at every change of status, until the returned function is called. */
  onStatus(listener: (status: BrokerStatus) => void): () => void;

  /** The stream that carries an instance, or all instances of a wildcard topic when undefined. Pure. */
  stream(topic: Topic, instance: TopicInstance | undefined): Stream;

  /** How far the open tails stand behind the end of their logs, by topic; only where the broker tells without being asked. */
  lag?(): readonly LagReading[];

  /** Starts a live tail. The caller keeps one per stream id (the hub does). Returns at once, whether or not the broker is there. */
  tail(stream: Stream, sink: TailSink): Tail;

  /** Settles by the adapter's publish deadline (5 s Redis, 10 s Kafka, embedded 5 s) with the truth; never rejects. */
  publish(request: PublishRequest): Promise<PublishOutcome>;

  /** Broker-side subscriptions or open reads held now: 0 when no tail is open (the churn test reads it). */
  tailCount(): number;
  /**
   * From now on these are the topics of the deployment; gives what has to be mended first, and then nothing has changed. Absent where
   * topics are known for good once it is open.
   */
  learn?(topics: readonly Topic[]): Promise<readonly string[]>;

  /** Finishes publishes in flight within `deadlineMs`, then releases every handle. Idempotent: later calls return the same promise. */
  close(deadlineMs?: number): Promise<void>;
}
