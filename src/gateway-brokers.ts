import type { Bindings } from './broker/bindings.ts';
import { brokerNames } from './broker/broker-names.ts';
import type { BrokerEnvironment } from './broker/environment.ts';
import { createKafkaBroker } from './broker/kafka/broker.ts';
import type { KafkaBrokerConfig } from './broker/kafka/config.ts';
import { createMemoryBroker } from './broker/memory/broker.ts';
import type { Broker, BrokerName } from './broker/port.ts';
import type { RedisBrokerConfig } from './broker/redis/redis-config.ts';
import { createRedisPubSubBroker } from './broker/redis-pubsub/broker.ts';
import { createRedisStreamsBroker } from './broker/redis-streams/broker.ts';
import { createSqliteBroker } from './broker/sqlite/broker.ts';
import { BrokerSettingsError } from './broker/start-error.ts';
import { readTls } from './broker/tls-files.ts';
import type { Config, KafkaConfig, RedisConfig } from './config/config.ts';
import { isLoopback } from './config/loopback.ts';
import { StartError } from './error/start-error.ts';
import type { Logger } from './log/logger.ts';
import type { GatewayMetrics } from './metrics/gateway-metrics.ts';
import type { Delivery, Topic } from './routing/topic.ts';
import { systemClock } from './time/clock.ts';

/** One adapter for each broker name that the topics need. */
export function bindBrokers(config: Config, topics: readonly Topic[], metrics: GatewayMetrics, log: Logger): Bindings {
  const names = brokerNames(config);
  const brokers = new Map<BrokerName, Broker>();
  const bindings = new Map<Delivery, Broker>();
  for (const { policy } of topics) {
    const name = names[policy.delivery];
    let broker = brokers.get(name);
    if (broker === undefined) {
      const counts = metrics.broker(name);
      broker = createBroker(name, config, {
        clock: systemClock,
        log,
        topics: topics.filter((topic) => names[topic.policy.delivery] === name),
        onBytes: (direction, bytes) => counts.countBytes(direction, bytes),
      });
      brokers.set(name, broker);
    }
    bindings.set(policy.delivery, broker);
  }
  return bindings;
}

/** Tells the log and the metrics of every change of a broker's status, until the returned function is called. */
export function watchBroker(broker: Broker, metrics: GatewayMetrics, log: Logger): () => void {
  const counts = metrics.broker(broker.name);
  return broker.onStatus((status) => {
    counts.changed(status.type === 'up');
    if (status.type === 'up') log.info('broker is up', { broker: broker.name });
    else log.warn(`broker is ${status.type}`, { broker: broker.name, detail: status.detail });
  });
}

function createBroker(name: BrokerName, config: Config, environment: BrokerEnvironment): Broker {
  switch (name) {
    case 'memory':
      return createMemoryBroker(environment);
    case 'sqlite':
      return createSqliteBroker({ folder: config.dataFolder }, environment);
    case 'redis-pubsub':
      return createRedisPubSubBroker(withTls(bound(config.redis)), environment);
    case 'redis-streams':
      return createRedisStreamsBroker(withTls(bound(config.redis)), environment);
    case 'kafka':
      return createKafkaBroker(
        {
          ...kafkaConnection(bound(config.kafka)),
          createTopics: config.createTopics,
          weakDurability: isLoopback(config.host) || config.allowWeakDurability ? 'warn' : 'refuse',
        },
        environment,
      );
    default:
      throw name satisfies never;
  }
}

function withTls(redis: RedisConfig): RedisBrokerConfig {
  return { ...redis, tls: readTls(redis.tls) };
}

/** The prefix of topics is no business of the adapter: the names of the topics have it. */
function kafkaConnection({ brokers, tls, sasl }: KafkaConfig): Pick<KafkaBrokerConfig, 'brokers' | 'tls' | 'sasl'> {
  const material = readTls(tls);
  return {
    brokers,
    ...(material === undefined ? {} : { tls: material }),
    ...(sasl === undefined ? {} : { sasl }),
  };
}

function bound<T>(settings: T | undefined): T {
  if (settings === undefined) throw new Error('A broker was chosen whose settings are missing.');
  return settings;
}

/** Opens all brokers side by side; a broker that is away is waited for in the background, a wrong setting stops the start. */
export async function openBrokers(brokers: readonly Broker[], log: Logger): Promise<void> {
  const problems: string[] = [];
  await Promise.all(
    brokers.map(async (broker) => {
      try {
        const report = await broker.open();
        problems.push(...report.problems);
        if (!report.contacted) {
          log.warn('broker does not answer; its topics come alive when it does', { broker: broker.name });
        }
      } catch (error) {
        if (!(error instanceof BrokerSettingsError)) throw error;
        problems.push(error.message);
      }
    }),
  );
  if (problems.length > 0) throw new StartError(problems);
}
