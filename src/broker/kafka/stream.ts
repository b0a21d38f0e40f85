import { parseInstance } from '../../routing/instance.ts';
import { partitionForKey } from '../../routing/placement.ts';
import type { DurablePolicy, Topic, TopicInstance } from '../../routing/topic.ts';
import type { Stream, StreamId } from '../stream.ts';

/**
 * The stream that carries an instance: the whole topic, because foreign producers may put its records anywhere;
 * with `placement: KEY` the one partition where Sluice's key lands (design §5). That needs to know the key and the partition count
 * without asking Kafka: where the schema does not say, the whole topic is read.
 */
export function kafkaStream(topic: Topic, policy: DurablePolicy, instance: TopicInstance | undefined): Stream {
  const partition = partitionOf(topic, policy, instance);
  if (partition === undefined) return { id: policy.kafkaTopic as StreamId, topic, instance: undefined };
  return { id: `${policy.kafkaTopic}/${partition}` as StreamId, topic, instance: undefined, partition };
}

function partitionOf(topic: Topic, policy: DurablePolicy, instance: TopicInstance | undefined): number | undefined {
  if (policy.placement !== 'KEY' || policy.partitions === undefined || instance === undefined) return undefined;
  const texts = parseInstance(topic, instance);
  const key = policy.keyFields.map((field) => texts?.get(field));
  // A key field that is no parameter spreads one instance over partitions.
  if (key.length === 0 || key.includes(undefined)) return undefined;
  return partitionForKey(Buffer.from(key.join('.')), policy.partitions);
}
