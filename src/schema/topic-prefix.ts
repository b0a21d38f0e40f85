import { StartError } from '../error/start-error.ts';
import { kafkaTopicProblem } from '../routing/kafka-topic.ts';
import type { Topic } from '../routing/topic.ts';
import type { GatewaySchema } from './gateway-schema.ts';

/** The same schema with a deployment's prefix before every Kafka topic. Throws StartError when a name is no longer one. */
export function withTopicPrefix(schema: GatewaySchema, prefix: string | undefined): GatewaySchema {
  if (prefix === undefined) return schema;
  const topics = schema.topics.map((api) => ({ ...api, topic: prefixed(api.topic, prefix) }));
  const problems = topics.flatMap(({ topic: { policy } }) => {
    const problem = policy.delivery === 'DURABLE' ? kafkaTopicProblem(policy.kafkaTopic) : undefined;
    if (policy.delivery !== 'DURABLE' || problem === undefined) return [];
    return [`The Kafka topic "${policy.kafkaTopic}" ${problem}. Choose another kafka.topicPrefix.`];
  });
  if (problems.length > 0) throw new StartError(problems);
  return { ...schema, topics };
}

function prefixed(topic: Topic, prefix: string): Topic {
  const { policy } = topic;
  if (policy.delivery !== 'DURABLE') return topic;
  return { ...topic, policy: { ...policy, kafkaTopic: prefix + policy.kafkaTopic } };
}
