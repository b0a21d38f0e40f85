import type { DurablePolicy } from '../../routing/topic.ts';
import type { TopicView } from './cluster-view.ts';
import { errorName, KafkaError } from './error-code.ts';

/** A cursor names an offset per partition and must stay below 1 kB (design §5). */
const MOST_PARTITIONS = 100;

/** A topic's settings on the broker, as far as the broker told them. */
export interface TopicSettings {
  readonly minInsyncReplicas: number | undefined;
  readonly uncleanElections: boolean | undefined;
  readonly maxMessageBytes: number | undefined;
}

/** What is wrong with a topic, for people. `weak`: it works, but could lose acknowledged events. */
export interface TopicFindings {
  readonly problems: readonly string[];
  readonly weak: readonly Weakness[];
}

/** A way to lose acknowledged events. */
export interface Weakness {
  /** The same words for every topic that has it, so that a log can name the topics together. */
  readonly what: string;
  /** The whole sentence about this topic, with its fix. */
  readonly problem: string;
}

/** The line for a topic that the cluster does not describe. */
export function refusedTopic(policy: DurablePolicy, errorCode: number): string {
  const name = policy.kafkaTopic;
  if (errorCode === KafkaError.UNKNOWN_TOPIC_OR_PARTITION) {
    return `Kafka topic ${name} does not exist. Start with --create-topics, or create it: ${createCommand(policy)}`;
  }
  if (errorCode === KafkaError.TOPIC_AUTHORIZATION_FAILED) {
    return `Kafka does not let Sluice describe topic ${name}. Give its principal the rights Describe, DescribeConfigs, Read and Write on it.`;
  }
  return `Kafka does not describe topic ${name}: ${errorName(errorCode)}.`;
}

/** Compares a topic that exists with what its event type declares and with what DURABLE promises (design §2). */
export function examineTopic(policy: DurablePolicy, topic: TopicView, settings: TopicSettings): TopicFindings {
  const name = policy.kafkaTopic;
  const count = topic.partitions.length;
  const problems: string[] = [];
  if (policy.partitions !== undefined && count < policy.partitions) {
    problems.push(
      `Kafka topic ${name} has ${partitionsText(count)}, but the schema says ${policy.partitions}. Add some: kafka-topics.sh --bootstrap-server BROKER --alter --topic ${name} --partitions ${policy.partitions}`,
    );
  } else if (policy.partitions !== undefined && count > policy.partitions) {
    problems.push(
      `Kafka topic ${name} has ${partitionsText(count)}, but the schema says ${policy.partitions}. Write partitions: ${count} in its @topic; Kafka cannot take partitions away.`,
    );
  }
  if (policy.placement === 'ANY' && count > MOST_PARTITIONS) {
    problems.push(
      `Kafka topic ${name} has ${count} partitions, more than the ${MOST_PARTITIONS} that fit into a cursor. If all its producers use Kafka's default partitioner on Sluice's key, write placement: KEY in its @topic.`,
    );
  }
  return { problems, weak: weaknesses(name, topic, settings) };
}

/** The command that creates a topic as its event type declares it. */
export function createCommand(policy: DurablePolicy): string {
  const parts = [`kafka-topics.sh --bootstrap-server BROKER --create --topic ${policy.kafkaTopic}`];
  if (policy.partitions !== undefined) parts.push(`--partitions ${policy.partitions}`);
  parts.push('--replication-factor 3 --config min.insync.replicas=2');
  if (policy.retentionMs !== undefined) parts.push(`--config retention.ms=${policy.retentionMs}`);
  return parts.join(' ');
}

function weaknesses(name: string, topic: TopicView, settings: TopicSettings): Weakness[] {
  const weak: Weakness[] = [];
  const replicas = Math.min(...topic.partitions.map((partition) => partition.replicas));
  const alter = `kafka-configs.sh --bootstrap-server BROKER --alter --entity-type topics --entity-name ${name} --add-config`;
  if (replicas < 3) {
    weak.push({
      what: 'replication below 3',
      problem: `Kafka topic ${name} is held by ${replicas === 1 ? '1 broker' : `${replicas} brokers`}, so that acknowledged events can be lost. DURABLE needs replication 3 (kafka-reassign-partitions.sh, or create it anew).`,
    });
  }
  if (settings.minInsyncReplicas !== undefined && settings.minInsyncReplicas < 2) {
    weak.push({
      what: 'min.insync.replicas below 2',
      problem: `Kafka topic ${name} acknowledges with ${settings.minInsyncReplicas} in-sync replica. DURABLE needs 2: ${alter} min.insync.replicas=2`,
    });
  }
  if (settings.uncleanElections === true) {
    weak.push({
      what: 'unclean leader elections',
      problem: `Kafka topic ${name} allows unclean leader elections, which drop acknowledged events. Forbid them: ${alter} unclean.leader.election.enable=false`,
    });
  }
  return weak;
}

function partitionsText(count: number): string {
  return count === 1 ? '1 partition' : `${count} partitions`;
}
