import type { metadataV12 } from '@platformatic/kafka';
import type { NodeAddress } from './config.ts';
import { KafkaError } from './error-code.ts';

/** One partition as the cluster last described it. */
export interface PartitionView {
  /** Node id of its leader; -1 while it has none. */
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly replicas: number;
  readonly inSyncReplicas: number;
}

/** One topic as the cluster last described it. */
export interface TopicView {
  /** Kafka's topic id: another one under the same name is another log. */
  readonly id: string;
  /** By partition number. */
  readonly partitions: readonly PartitionView[];
}

/** What the cluster last told about itself. Immutable; a refresh makes a new one. */
export interface ClusterView {
  readonly nodes: ReadonlyMap<number, NodeAddress>;
  /** The topics that exist, of those that were asked for. */
  readonly topics: ReadonlyMap<string, TopicView>;
  /** Topics that the cluster refused to describe, with the protocol's error code: missing ones, mostly. */
  readonly refused: ReadonlyMap<string, number>;
}

/** Reads a metadata answer to a request for topics. */
export function clusterView(answer: metadataV12.MetadataResponse): ClusterView {
  const topics = new Map<string, TopicView>();
  const refused = new Map<string, number>();
  for (const topic of answer.topics) {
    if (typeof topic.name !== 'string') continue;
    // A topic without a leader somewhere carries partition errors, but the topic's own code stays 0.
    if (topic.errorCode === KafkaError.NONE) topics.set(topic.name, topicView(topic));
    else refused.set(topic.name, topic.errorCode);
  }
  return { nodes: nodesOf(answer), topics, refused };
}

/** The node list of any metadata answer. */
export function nodesOf(answer: metadataV12.MetadataResponse): ReadonlyMap<number, NodeAddress> {
  return new Map(answer.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
}

function topicView(topic: metadataV12.MetadataResponseTopic): TopicView {
  const partitions = [...topic.partitions].sort((a, b) => a.partitionIndex - b.partitionIndex);
  return {
    id: topic.topicId,
    partitions: partitions.map((partition) => ({
      leader: partition.leaderId,
      leaderEpoch: partition.leaderEpoch,
      replicas: partition.replicaNodes.length,
      inSyncReplicas: partition.isrNodes.length,
    })),
  };
}
