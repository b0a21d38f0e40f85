import type { TopicParameter } from '../routing/topic.ts';
import type { TopicApi } from '../schema/gateway-schema.ts';

/** The GraphQL object `TopicInfo`, as a root value. */
export interface TopicInfo {
  readonly name: string;
  readonly type: string;
  readonly delivery: string;
  readonly parameters: readonly TopicParameter[];
  readonly wildcard: boolean;
  readonly retention: number | null;
  readonly maxEvents: number | null;
  readonly partitions: number | null;
  readonly subscription: string | null;
  readonly mutation: string | null;
  readonly mutationBatch: string | null;
  readonly history: string | null;
}

/** What `Query.topics` says of a declared topic. */
export function topicInfo({ topic, fields }: TopicApi): TopicInfo {
  const { policy } = topic;
  return {
    name: topic.name,
    type: topic.typeName,
    delivery: policy.delivery,
    parameters: topic.parameters,
    wildcard: topic.wildcard,
    retention: policy.delivery === 'EPHEMERAL' ? null : (policy.retentionMs ?? null),
    maxEvents: policy.delivery === 'BUFFERED' ? policy.maxEvents : null,
    partitions: policy.delivery === 'DURABLE' ? (policy.partitions ?? null) : null,
    subscription: fields.subscription ?? null,
    mutation: fields.mutation ?? null,
    mutationBatch: fields.mutationBatch ?? null,
    history: fields.history ?? null,
  };
}
