import type { describeConfigsV4 } from '@platformatic/kafka';
import type { DurablePolicy } from '../../routing/topic.ts';
import type { BrokerEnvironment } from '../environment.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterView } from './cluster-view.ts';
import type { KafkaSettings } from './config.ts';
import { errorName, KafkaError } from './error-code.ts';
import { createTopicsRequest, describeConfigsRequest } from './requests.ts';
import type { TopicLimits } from './topic-limits.ts';
import { examineTopic, refusedTopic, type TopicSettings, type Weakness } from './topic-problems.ts';

const TOPIC_RESOURCE = 2;
const MIN_INSYNC = 'min.insync.replicas';
const UNCLEAN = 'unclean.leader.election.enable';
const MAX_MESSAGE = 'max.message.bytes';
/**
 * Kafka's default of 1,048,588 bytes has no room for an event of 1 MiB with its key and headers, so that topics of ours take 2 MiB.
 */
const CREATED_MAX_MESSAGE_BYTES = 2 * 1024 * 1024;

const UNKNOWN: TopicSettings = {
  minInsyncReplicas: undefined,
  uncleanElections: undefined,
  maxMessageBytes: undefined,
};

/** What a verification found, and the view of the cluster that it is about. */
export interface Verification {
  readonly problems: readonly string[];
  readonly view: ClusterView;
}

/** Creates and verifies the topics of a deployment (design §2). It remembers what it has said in the log, and says it once. */
export class Topics {
  readonly #cluster: Cluster;
  readonly #settings: KafkaSettings;
  readonly #environment: BrokerEnvironment;
  readonly #limits: TopicLimits;
  readonly #policies: readonly DurablePolicy[];
  readonly #said = new Set<string>();

  constructor(
    cluster: Cluster,
    settings: KafkaSettings,
    environment: BrokerEnvironment,
    policies: readonly DurablePolicy[],
    limits: TopicLimits,
  ) {
    this.#cluster = cluster;
    this.#settings = settings;
    this.#environment = environment;
    this.#policies = policies;
    this.#limits = limits;
  }

  /**
   * Creates what is missing, if the settings say so and `mayCreate`, and gives what is left to mend. Rejects when Kafka cannot be asked.
   * A topic that goes missing later was deleted by somebody, who would not want it back empty.
   */
  async verify(view: ClusterView, mayCreate: boolean): Promise<Verification> {
    const missing = this.#policies.filter(
      (policy) => view.refused.get(policy.kafkaTopic) === KafkaError.UNKNOWN_TOPIC_OR_PARTITION,
    );
    const failures = new Map<string, string>();
    let now = view;
    if (mayCreate && this.#settings.createTopics && missing.length > 0) {
      await this.#create(missing, view, failures);
      now = await this.#awaitTopics(view, missing, failures);
    }
    const settings = await this.#readSettings(now);
    const problems: string[] = [];
    const weak: (Weakness & { readonly name: string })[] = [];
    for (const policy of this.#policies) {
      const name = policy.kafkaTopic;
      const topic = now.topics.get(name);
      if (topic === undefined) {
        problems.push(
          failures.get(name) ?? refusedTopic(policy, now.refused.get(name) ?? KafkaError.UNKNOWN_TOPIC_OR_PARTITION),
        );
        continue;
      }
      const found = examineTopic(policy, topic, settings.get(name) ?? UNKNOWN);
      problems.push(...found.problems);
      weak.push(...found.weak.map((weakness) => ({ name, ...weakness })));
    }
    if (this.#settings.weakDurability === 'refuse') problems.push(...weak.map((weakness) => weakness.problem));
    else this.#warn(weak);
    return { problems, view: now };
  }

  async #create(missing: readonly DurablePolicy[], view: ClusterView, failures: Map<string, string>): Promise<void> {
    const replicas = Math.min(3, view.nodes.size);
    const link = await this.#cluster.linkTo(view.controller, 'control').catch(() => this.#cluster.anyLink());
    const answer = await link.request(
      createTopicsRequest(
        missing.map((policy) => ({
          name: policy.kafkaTopic,
          numPartitions: policy.partitions ?? -1,
          replicationFactor: replicas,
          assignments: [],
          configs: [
            { name: MIN_INSYNC, value: String(Math.max(1, replicas - 1)) },
            { name: UNCLEAN, value: 'false' },
            { name: MAX_MESSAGE, value: String(CREATED_MAX_MESSAGE_BYTES) },
            ...(policy.retentionMs === undefined ? [] : [{ name: 'retention.ms', value: String(policy.retentionMs) }]),
          ],
        })),
      ),
    );
    for (const topic of answer.topics) {
      if (topic.errorCode === KafkaError.NONE) {
        this.#environment.log.info('Created a Kafka topic', { topic: topic.name, replicas });
      } else if (topic.errorCode !== KafkaError.TOPIC_ALREADY_EXISTS) {
        const why = `${errorName(topic.errorCode)}${topic.errorMessage ? `: ${topic.errorMessage}` : ''}`;
        failures.set(topic.name, `Kafka topic ${topic.name} does not exist, and Kafka did not create it: ${why}`);
      }
    }
  }

  /** A created topic shows in the metadata a moment later. */
  async #awaitTopics(
    before: ClusterView,
    missing: readonly DurablePolicy[],
    failures: ReadonlyMap<string, string>,
  ): Promise<ClusterView> {
    const awaited = missing.map((policy) => policy.kafkaTopic).filter((name) => !failures.has(name));
    let view = before;
    for (let attempt = 0; attempt < 50; attempt++) {
      await this.#cluster.refresh();
      view = this.#cluster.view ?? view;
      const there = awaited.every((name) =>
        view.topics.get(name)?.partitions.every((partition) => partition.leader >= 0),
      );
      if (there) break;
      await new Promise<void>((resolve) => {
        this.#environment.clock.after(100, resolve);
      });
    }
    return view;
  }

  async #readSettings(view: ClusterView): Promise<ReadonlyMap<string, TopicSettings>> {
    const settings = new Map<string, TopicSettings>();
    const names = this.#policies.map((policy) => policy.kafkaTopic).filter((name) => view.topics.has(name));
    if (names.length === 0) return settings;
    const link = await this.#cluster.anyLink();
    const configurationKeys = [MIN_INSYNC, UNCLEAN, MAX_MESSAGE];
    const answer = await link.request(
      describeConfigsRequest(
        names.map((resourceName) => ({ resourceType: TOPIC_RESOURCE, resourceName, configurationKeys })),
      ),
    );
    for (const result of answer.results) {
      if (result.errorCode !== KafkaError.NONE) {
        this.#say(
          `Kafka does not show the settings of topic ${result.resourceName} (${errorName(result.errorCode)}), so that its durability is not verified.`,
        );
        continue;
      }
      const read = topicSettings(result);
      settings.set(result.resourceName, read);
      if (read.maxMessageBytes !== undefined) this.#limits.learn(result.resourceName, read.maxMessageBytes);
    }
    return settings;
  }

  #warn(weak: readonly (Weakness & { readonly name: string })[]): void {
    const byWhat = Map.groupBy(weak, (weakness) => weakness.what);
    for (const [what, found] of byWhat) {
      const names = found.map((weakness) => weakness.name).join(', ');
      this.#say(`Kafka could lose acknowledged events of these topics (${what}): ${names}.`);
    }
  }

  #say(line: string): void {
    if (this.#said.has(line)) return;
    this.#said.add(line);
    this.#environment.log.warn(line);
  }
}

function topicSettings(result: describeConfigsV4.DescribeConfigsResponseResult): TopicSettings {
  const values = new Map(result.configs.map((config) => [config.name, config.value]));
  const number = (name: string): number | undefined => {
    const value = Number(values.get(name) ?? Number.NaN);
    return Number.isFinite(value) ? value : undefined;
  };
  const unclean = values.get(UNCLEAN);
  return {
    minInsyncReplicas: number(MIN_INSYNC),
    uncleanElections: unclean === undefined || unclean === null ? undefined : unclean === 'true',
    maxMessageBytes: number(MAX_MESSAGE),
  };
}
