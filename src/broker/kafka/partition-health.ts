import type { DurablePolicy } from '../../routing/topic.ts';
import type { ClusterView } from './cluster-view.ts';

/** What the cluster's own description says against the topics, in words; undefined when all of them can be written and read. */
export function partitionTrouble(view: ClusterView, policies: readonly DurablePolicy[]): string | undefined {
  for (const { kafkaTopic } of policies) {
    const leaderless = view.topics.get(kafkaTopic)?.partitions.findIndex((partition) => partition.leader < 0) ?? -1;
    if (leaderless >= 0)
      return `Partition ${leaderless} of Kafka topic ${kafkaTopic} has no leader: its brokers are away.`;
  }
  return undefined;
}
