import type { LagReading } from '../../metrics/readings.ts';
import type { DurablePolicy, Topic, TopicInstance } from '../../routing/topic.ts';
import type { BrokerEnvironment } from '../environment.ts';
import { Lifecycle } from '../lifecycle.ts';
import type { PublishOutcome } from '../outcome.ts';
import type { Broker, BrokerStatus, Capabilities, OpenReport, PublishRequest, Tail, TailSink } from '../port.ts';
import { StatusHolder } from '../status.ts';
import type { Stream } from '../stream.ts';
import { Administration } from './administration.ts';
import { Cluster } from './cluster.ts';
import type { ClusterView } from './cluster-view.ts';
import { type KafkaBrokerConfig, type KafkaSettings, kafkaSettings } from './config.ts';
import { Health } from './health.ts';
import { KafkaHistory } from './history.ts';
import { Links } from './links.ts';
import { partitionTrouble } from './partition-health.ts';
import { Publisher } from './publisher.ts';
import { Readers } from './readers.ts';
import { kafkaStream } from './stream.ts';
import { Tails } from './tails.ts';
import { TopicLimits } from './topic-limits.ts';
import { Topics } from './topics.ts';

/** Milliseconds until topics that were not right are looked at again. */
const VERIFY_AGAIN_MS = 2_000;

/**
 * DURABLE on Apache Kafka 3.1 or newer.
 *
 * Kafka's own promise: with acks=all a record is acknowledged when every in-sync replica holds it, and a partition keeps its order.
 * Added here: every publish ends by its deadline in the truth (`lane.ts`, `produce-answer.ts`), tails without consumer groups that see
 * committed records only and survive restarts from their own offsets (`fetch-loop.ts`, `partition-reader.ts`), and a log that was cut,
 * trimmed or made anew is told, never read on in silence (`tails.ts`, `readers.ts`, `log-check.ts`).
 */
class KafkaBroker implements Broker {
  readonly name = 'kafka';
  readonly capabilities: Capabilities = { deliveries: ['DURABLE'], embedded: false };
  readonly history: KafkaHistory;
  readonly #settings: KafkaSettings;
  readonly #environment: BrokerEnvironment;
  #routed: readonly Topic[];
  #policies: readonly DurablePolicy[];
  readonly #status: StatusHolder;
  readonly #health: Health;
  readonly #lifecycle: Lifecycle;
  readonly #links: Links;
  readonly #cluster: Cluster;
  readonly #topics: Topics;
  readonly #publisher: Publisher;
  readonly #readers: Readers;
  readonly #tails: Tails;
  #verifying: Promise<void> | undefined;
  #verified: string | undefined;
  #reportProblems: (problems: readonly string[]) => void = () => {};

  constructor(config: KafkaBrokerConfig, environment: BrokerEnvironment) {
    this.#settings = kafkaSettings(config);
    this.#environment = environment;
    this.#routed = environment.topics;
    this.#policies = environment.topics.map(durablePolicy);
    const { bootstrap, clientId, publishDeadlineMs, security } = this.#settings;
    this.#status = new StatusHolder(environment.clock, `Waiting for Kafka at ${config.brokers.join(', ')}.`);
    this.#health = new Health(this.#status);
    this.#links = new Links(clientId, security);
    const topics = kafkaTopics(this.#policies);
    this.#cluster = new Cluster(
      this.#links,
      environment.clock,
      { bootstrap, topics },
      {
        answered: () => this.#health.answered(),
        lost: (detail) => this.#health.report('contact', detail),
        refreshed: (view) => this.#refreshed(view),
      },
    );
    this.history = new KafkaHistory(this.#cluster, environment);
    const limits = new TopicLimits();
    this.#topics = new Topics(
      this.#cluster,
      new Administration(this.#settings),
      this.#settings,
      environment,
      this.#policies,
      limits,
    );
    this.#publisher = new Publisher(this.#cluster, environment, limits, publishDeadlineMs);
    this.#readers = new Readers(this.#cluster, environment, {
      ended: (places, reason) => this.#tails.end(places, reason),
      reading: () => this.#health.clear('reading'),
      notReading: (detail) => this.#health.report('reading', detail),
    });
    this.#tails = new Tails(this.#cluster, this.#readers, environment);
    this.#lifecycle = new Lifecycle({
      open: () => this.#open(),
      close: (deadlineMs) => this.#close(deadlineMs),
    });
  }

  open(): Promise<OpenReport> {
    return this.#lifecycle.open();
  }

  /** While it is up, `detail` may name records that an open transaction keeps back (F41). */
  status(): BrokerStatus {
    const status = this.#status.get();
    const detail = status.type === 'up' ? this.#readers.heldBack() : undefined;
    return status.type === 'up' && detail !== undefined ? { ...status, detail } : status;
  }

  onStatus(listener: (status: BrokerStatus) => void): () => void {
    return this.#status.onStatus(listener);
  }

  stream(topic: Topic, instance: TopicInstance | undefined): Stream {
    return kafkaStream(topic, durablePolicy(topic), instance);
  }

  lag(): readonly LagReading[] {
    const byKafkaTopic = this.#readers.lag();
    return this.#routed.flatMap((topic) => {
      const lag = byKafkaTopic.get(durablePolicy(topic).kafkaTopic);
      return lag === undefined ? [] : [{ topic: topic.name, ...lag }];
    });
  }

  tail(stream: Stream, sink: TailSink): Tail {
    const tail = this.#tails.open(stream, durablePolicy(stream.topic).kafkaTopic, sink);
    if (this.#lifecycle.closed) tail.close();
    return tail;
  }

  publish(request: PublishRequest): Promise<PublishOutcome> {
    return this.#publisher.publish(request, durablePolicy(request.topic));
  }

  /** Missing topics are created if the settings say so, as at the start. While Kafka is away nothing is found to be wrong. */
  async learn(topics: readonly Topic[]): Promise<readonly string[]> {
    const before = this.#routed;
    this.#route(topics);
    await this.#cluster.refresh();
    const { view } = this.#cluster;
    if (view === undefined) return [];
    try {
      const { problems } = await this.#topics.verify(view, true);
      if (problems.length === 0) return [];
      this.#route(before);
      return problems;
    } catch (error) {
      this.#route(before);
      return [`Kafka could not be asked for the new topics: ${error instanceof Error ? error.message : error}`];
    }
  }

  #route(topics: readonly Topic[]): void {
    this.#routed = topics;
    this.#policies = topics.map(durablePolicy);
    this.#topics.policies = this.#policies;
    this.#cluster.topics = kafkaTopics(this.#policies);
  }

  tailCount(): number {
    return this.#readers.count;
  }

  close(deadlineMs?: number): Promise<void> {
    return this.#lifecycle.close(deadlineMs);
  }

  #open(): Promise<OpenReport> {
    return new Promise((resolve) => {
      const cancel = this.#environment.clock.after(this.#settings.firstContactMs, () => {
        resolve({ contacted: false, problems: [] });
      });
      this.#reportProblems = (problems) => {
        cancel();
        resolve({ contacted: true, problems });
      };
      this.#cluster.start();
    });
  }

  #refreshed(view: ClusterView): void {
    const trouble = partitionTrouble(view, this.#policies);
    if (trouble === undefined) this.#health.clear('partitions');
    else this.#health.report('partitions', trouble);
    this.#tails.refreshed(view);
    // Again whenever the topics look different, or were not right.
    if (looksOf(view) === this.#verified) return;
    this.#verifying ??= this.#verify(view).finally(() => {
      this.#verifying = undefined;
    });
  }

  async #verify(current: ClusterView): Promise<void> {
    try {
      const { problems, view } = await this.#topics.verify(current, this.#verified === undefined);
      if (this.#lifecycle.closed) return;
      if (problems.length === 0) {
        this.#health.clear('topics');
        this.#verified = looksOf(view);
      } else {
        this.#health.report('topics', problems.join(' '));
        this.#verifyAgain();
      }
      this.#reportProblems(problems);
    } catch (error) {
      // Kafka went away while it was asked.
      if (this.#lifecycle.closed) return;
      this.#health.report(
        'topics',
        `The topics could not be verified: ${error instanceof Error ? error.message : error}`,
      );
      this.#verifyAgain();
    }
  }

  #verifyAgain(): void {
    this.#environment.clock.after(VERIFY_AGAIN_MS, () => void this.#cluster.refresh());
  }

  async #close(deadlineMs: number): Promise<void> {
    this.history.close();
    await this.#publisher.close(deadlineMs);
    this.#tails.close();
    this.#readers.close();
    this.#cluster.close();
    this.#links.close();
    this.#status.down('closed');
    this.#reportProblems([]);
  }
}

function kafkaTopics(policies: readonly DurablePolicy[]): readonly string[] {
  return [...new Set(policies.map((policy) => policy.kafkaTopic))];
}

/** Equal texts: the same topics, under the same ids, with as many partitions. */
function looksOf(view: ClusterView): string {
  const topics = [...view.topics].map(([name, topic]) => [name, topic.id, topic.partitions.length]);
  return JSON.stringify([topics, [...view.refused]]);
}

function durablePolicy(topic: Topic): DurablePolicy {
  if (topic.policy.delivery === 'DURABLE') return topic.policy;
  throw new Error(`Topic ${topic.name} is ${topic.policy.delivery}; Kafka serves DURABLE topics only.`);
}

/** See `KafkaBroker` above. Throws for an address that cannot be read. */
export function createKafkaBroker(config: KafkaBrokerConfig, environment: BrokerEnvironment): Broker {
  return new KafkaBroker(config, environment);
}
