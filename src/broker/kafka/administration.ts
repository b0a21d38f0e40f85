import kafkajs, { type Admin, type Kafka, type KafkaJSError, type SASLOptions } from 'kafkajs';
import { tlsOptions } from '../tls.ts';
import type { KafkaSettings } from './config.ts';

// Node finds only some of its names from outside: it is a CommonJS module.
const { ConfigResourceTypes, KafkaJSAggregateError, logLevel } = kafkajs;

/** A topic to create. */
export interface NewTopic {
  readonly name: string;
  /** Undefined: as many as the broker's own default says. */
  readonly partitions: number | undefined;
  readonly replicas: number;
  readonly settings: ReadonlyMap<string, string>;
}

/** A topic's settings by name, or why Kafka does not show them. */
export type DescribedTopic =
  | { readonly type: 'described'; readonly settings: ReadonlyMap<string, string> }
  | { readonly type: 'refused'; readonly reason: string };

const DEFAULT_PARTITIONS = 'num.partitions';
const TIMEOUT_MS = 4_000;

/**
 * Administration of topics, on kafkajs: connected only while one of its calls runs. Every call rejects when Kafka cannot be asked.
 * What publishers and tails do goes another way (`links.ts`).
 */
export class Administration {
  readonly #kafka: Kafka;

  constructor({ bootstrap, clientId, security }: KafkaSettings) {
    const { tls, sasl } = security;
    this.#kafka = new kafkajs.Kafka({
      clientId: `${clientId}-administration`,
      brokers: bootstrap.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`),
      // kafkajs sends the name of the host by itself.
      ...(tls === undefined ? {} : { ssl: tlsOptions(tls) }),
      // Its type wants the three mechanisms told apart; the credentials of all are the same.
      ...(sasl === undefined ? {} : { sasl: sasl as SASLOptions }),
      connectionTimeout: TIMEOUT_MS,
      requestTimeout: TIMEOUT_MS,
      retry: { retries: 1 },
      // Whatever goes wrong is in the error that the call rejects with.
      logLevel: logLevel.NOTHING,
    });
  }

  /** Creates topics; gives, by name, why one could not be made. One that exists already is no failure. */
  async create(topics: readonly NewTopic[]): Promise<ReadonlyMap<string, string>> {
    return this.#connected(async (admin) => {
      const partitions = topics.some((topic) => topic.partitions === undefined) ? await defaultPartitions(admin) : 1;
      const failures = new Map<string, string>();
      try {
        await admin.createTopics({
          timeout: TIMEOUT_MS,
          // The caller looks at the cluster's own description until they show.
          waitForLeaders: false,
          topics: topics.map((topic) => ({
            topic: topic.name,
            numPartitions: topic.partitions ?? partitions,
            replicationFactor: topic.replicas,
            configEntries: [...topic.settings].map(([name, value]) => ({ name, value })),
          })),
        });
      } catch (error) {
        if (!(error instanceof KafkaJSAggregateError)) throw error;
        for (const failure of error.errors) {
          if (!isTopicError(failure)) throw failure;
          if (failure.type !== 'TOPIC_ALREADY_EXISTS') failures.set(failure.topic, reasonOf(failure));
        }
      }
      return failures;
    });
  }

  /** The named settings of topics that exist. */
  async describe(topics: readonly string[], names: readonly string[]): Promise<ReadonlyMap<string, DescribedTopic>> {
    return this.#connected(async (admin) => {
      // One by one: kafkajs rejects a call in which one of several topics is refused.
      const described = topics.map(async (topic): Promise<readonly [string, DescribedTopic]> => {
        try {
          const settings = await describe(admin, ConfigResourceTypes.TOPIC, topic, names);
          return [topic, { type: 'described', settings }];
        } catch (error) {
          if (!isProtocolError(error)) throw error;
          return [topic, { type: 'refused', reason: reasonOf(error) }];
        }
      });
      return new Map(await Promise.all(described));
    });
  }

  async #connected<T>(use: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.#kafka.admin();
    try {
      await admin.connect();
      return await use(admin);
    } finally {
      await admin.disconnect();
    }
  }
}

/** `createTopics` of the version that kafkajs speaks cannot leave the number to the broker. */
async function defaultPartitions(admin: Admin): Promise<number> {
  const { controller, brokers } = await admin.describeCluster();
  const node = controller ?? brokers[0]?.nodeId;
  const settings = await describe(admin, ConfigResourceTypes.BROKER, String(node), [DEFAULT_PARTITIONS]);
  const count = Number(settings.get(DEFAULT_PARTITIONS));
  return Number.isInteger(count) && count > 0 ? count : 1;
}

async function describe(
  admin: Admin,
  type: number,
  name: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type, name, configNames: [...names] }],
  });
  return new Map(resources[0]?.configEntries.map((entry) => [entry.configName, entry.configValue]));
}

/** An error with which Kafka itself answered. */
interface ProtocolError extends KafkaJSError {
  /** Kafka's name for it, for example `TOPIC_ALREADY_EXISTS`. */
  readonly type: string;
}

function isProtocolError(error: unknown): error is ProtocolError {
  return error instanceof Error && 'type' in error && typeof error.type === 'string';
}

function isTopicError(error: unknown): error is ProtocolError & { readonly topic: string } {
  return isProtocolError(error) && 'topic' in error && typeof error.topic === 'string';
}

function reasonOf(error: ProtocolError): string {
  return `${error.type}: ${error.message}`;
}
