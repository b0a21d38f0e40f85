import type { DurablePolicy } from '../../routing/topic.ts';
import type { BrokerEnvironment } from '../environment.ts';
import type { Administration } from './administration.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterView } from './cluster-view.ts';
import type { KafkaSettings } from './config.ts';
import { KafkaError } from './error-code.ts';
import type { TopicLimits } from './topic-limits.ts';
import { examineTopic, refusedTopic, type TopicSettings, type Weakness } from './topic-problems.ts';

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
  readonly #administration: Administration;
  readonly #settings: KafkaSettings;
  readonly #environment: BrokerEnvironment;
  readonly #limits: TopicLimits;
  #policies: readonly DurablePolicy[];
  readonly #said = new Set<string>();

  constructor(
    cluster: Cluster,
    administration: Administration,
    settings: KafkaSettings,
    environment: BrokerEnvironment,
    policies: readonly DurablePolicy[],
    limits: TopicLimits,
  ) {
    this.#cluster = cluster;
    this.#administration = administration;
    this.#settings = settings;
    this.#environment = environment;
    this.#policies = policies;
    this.#limits = limits;
  }

  /** Those to create and verify from now on. */
  set policies(policies: readonly DurablePolicy[]) {
    this.#policies = policies;
  }

  /**
   * Creates what is missing, if the settings say so and `mayCreate`, and gives what is left to mend. Rejects when Kafka cannot be asked.
   * A topic that goes missing later was deleted by somebody, who would not want it back empty.
   */
  async verify(view: ClusterView, mayCreate: boolean): Promise<Verification> {
    const missing = this.#policies.filter(
      (policy) => view.refused.get(policy.kafkaTopic) === KafkaError.UNKNOWN_TOPIC_OR_PARTITION,
    );
    let failures: ReadonlyMap<string, string> = new Map();
    let now = view;
    if (mayCreate && this.#settings.createTopics && missing.length > 0) {
      failures = await this.#create(missing, view);
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

  /** Gives, by topic, why one could not be created. */
  async #create(missing: readonly DurablePolicy[], view: ClusterView): Promise<ReadonlyMap<string, string>> {
    const replicas = Math.min(3, view.nodes.size);
    const refused = await this.#administration.create(
      missing.map((policy) => ({
        name: policy.kafkaTopic,
        partitions: policy.partitions,
        replicas,
        settings: new Map([
          [MIN_INSYNC, String(Math.max(1, replicas - 1))],
          [UNCLEAN, 'false'],
          [MAX_MESSAGE, String(CREATED_MAX_MESSAGE_BYTES)],
          ...(policy.retentionMs === undefined ? [] : [['retention.ms', String(policy.retentionMs)] as const]),
        ]),
      })),
    );
    const failures = new Map<string, string>();
    for (const { kafkaTopic } of missing) {
      const why = refused.get(kafkaTopic);
      if (why === undefined) this.#environment.log.info('Created a Kafka topic', { topic: kafkaTopic, replicas });
      else failures.set(kafkaTopic, `Kafka topic ${kafkaTopic} does not exist, and Kafka did not create it: ${why}`);
    }
    return failures;
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
    for (const [name, described] of await this.#administration.describe(names, [MIN_INSYNC, UNCLEAN, MAX_MESSAGE])) {
      if (described.type === 'refused') {
        this.#say(
          `Kafka does not show the settings of topic ${name} (${described.reason}), so that its durability is not verified.`,
        );
        continue;
      }
      const read = topicSettings(described.settings);
      settings.set(name, read);
      if (read.maxMessageBytes !== undefined) this.#limits.learn(name, read.maxMessageBytes);
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

function topicSettings(values: ReadonlyMap<string, string>): TopicSettings {
  const number = (name: string): number | undefined => {
    const value = Number(values.get(name) ?? Number.NaN);
    return Number.isFinite(value) ? value : undefined;
  };
  const unclean = values.get(UNCLEAN);
  return {
    minInsyncReplicas: number(MIN_INSYNC),
    uncleanElections: unclean === undefined ? undefined : unclean === 'true',
    maxMessageBytes: number(MAX_MESSAGE),
  };
}
