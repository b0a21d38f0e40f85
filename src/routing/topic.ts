import type { TopicTemplate } from './template.ts';

/** The text of a topic's template as the schema declares it, for example `quakes.{network}`. Bounded by the schema, so fit for metric labels. */
export type TopicName = string & { readonly __brand: 'TopicName' };

/** One concrete address of a topic with its parameters escaped and filled in, for example `quakes.us` (design: Redis channel and stream key). */
export type TopicInstance = string & { readonly __brand: 'TopicInstance' };

/** What an event type asks of its broker. The word is the guarantee; the broker is a deployment's choice. */
export type Delivery = 'EPHEMERAL' | 'BUFFERED' | 'DURABLE';

/** Every delivery, in the order in which people list them. */
export const DELIVERIES: readonly Delivery[] = ['EPHEMERAL', 'BUFFERED', 'DURABLE'];

/** At most once, lowest latency; nothing is kept. */
export interface EphemeralPolicy {
  readonly delivery: 'EPHEMERAL';
}

/** Ordered per topic instance and replayable within a window that both bounds close. */
export interface BufferedPolicy {
  readonly delivery: 'BUFFERED';
  /** How long an event can be replayed, in milliseconds. Default one hour. */
  readonly retentionMs: number;
  /** How many events one topic instance keeps. Default 10,000. */
  readonly maxEvents: number;
  /** Do others than Sluice write to its streams too? Default true: then subscribed streams are polled for what they write. */
  readonly foreignWriters: boolean;
}

/** Where a producer puts the records of one topic instance. `ANY`: on any partition; `KEY`: every producer uses murmur2 on Sluice's key. */
export type Placement = 'ANY' | 'KEY';

/** Held by a quorum before it is acknowledged; ordered per key; full replay. */
export interface DurablePolicy {
  readonly delivery: 'DURABLE';
  /** Topic name on Kafka, at most 249 of `[A-Za-z0-9._-]`. */
  readonly kafkaTopic: string;
  /** Fields whose canonical texts, joined by `.`, are the record key; never empty for a topic with parameters. */
  readonly keyFields: readonly string[];
  readonly placement: Placement;
  /** Partitions to create the topic with and to expect; undefined: whatever the broker has (created with the broker's default). */
  readonly partitions: number | undefined;
  /** Retention to create the topic with, in milliseconds; undefined: the broker's default. */
  readonly retentionMs: number | undefined;
}

export type DeliveryPolicy = EphemeralPolicy | BufferedPolicy | DurablePolicy;

/** The GraphQL types a topic parameter may have. */
export type ParameterType = 'ID' | 'String' | 'Int' | 'ENUM';

/** One `{field}` or `{field as argument}` of a template, together with what the event type says about it. */
export interface TopicParameter {
  /** Field of the event's value. */
  readonly field: string;
  /** Argument of the derived subscription and history fields. */
  readonly argument: string;
  readonly type: ParameterType;
}

/** One declared topic: everything that routing, brokers and fan-out need to know of it. Immutable. */
export interface Topic {
  readonly name: TopicName;
  /** The GraphQL object, interface or union type of its events, for example `Quake`. */
  readonly typeName: string;
  readonly template: TopicTemplate;
  /** In the order of the template. */
  readonly parameters: readonly TopicParameter[];
  readonly policy: DeliveryPolicy;
  /** Subscribers may leave all parameters out and see every instance. */
  readonly wildcard: boolean;
}
