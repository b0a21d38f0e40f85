import { instancePattern } from './instance.ts';
import type { Delivery, Placement, Topic, TopicName } from './topic.ts';

/** Which broker serves each delivery in a deployment, by the adapter's name. */
export type DeliveryBindings = Readonly<Record<Delivery, { readonly broker: string }>>;

/** One topic and where its events go, in values for machines. Undefined: does not apply, or is the broker's default. */
export interface RouteRow {
  readonly topic: TopicName;
  readonly type: string;
  readonly delivery: Delivery;
  readonly broker: string;
  /** EPHEMERAL: glob pattern of its channels. BUFFERED: glob pattern of its stream keys. DURABLE: the Kafka topic. */
  readonly address: string;
  readonly partitions: number | undefined;
  /** Milliseconds. */
  readonly retention: number | undefined;
  /** Per topic instance. */
  readonly maxEvents: number | undefined;
  readonly placement: Placement | undefined;
  /** Fields of the record key. */
  readonly key: readonly string[] | undefined;
  readonly wildcard: boolean;
}

function route(topic: Topic, bindings: DeliveryBindings): RouteRow {
  const { policy } = topic;
  const row: RouteRow = {
    topic: topic.name,
    type: topic.typeName,
    delivery: policy.delivery,
    broker: bindings[policy.delivery].broker,
    address: instancePattern(topic),
    partitions: undefined,
    retention: undefined,
    maxEvents: undefined,
    placement: undefined,
    key: undefined,
    wildcard: topic.wildcard,
  };
  switch (policy.delivery) {
    case 'EPHEMERAL':
      return row;
    case 'BUFFERED':
      return { ...row, retention: policy.retentionMs, maxEvents: policy.maxEvents };
    case 'DURABLE':
      return {
        ...row,
        address: policy.kafkaTopic,
        partitions: policy.partitions,
        retention: policy.retentionMs,
        placement: policy.placement,
        key: policy.keyFields,
      };
    default:
      return policy satisfies never;
  }
}

/** The rows of `sluice topics`, in the order of the schema. */
export function routeTable(topics: readonly Topic[], bindings: DeliveryBindings): readonly RouteRow[] {
  return topics.map((topic) => route(topic, bindings));
}
