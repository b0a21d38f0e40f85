import { readFile } from 'node:fs/promises';
import { type AdminListener, listenAdmin } from './admin/admin-listener.ts';
import { Health } from './admin/health.ts';
import type { Bindings } from './broker/bindings.ts';
import { brokerNames } from './broker/broker-names.ts';
import type { BrokerEnvironment } from './broker/environment.ts';
import { createKafkaBroker } from './broker/kafka/broker.ts';
import { createMemoryBroker } from './broker/memory/broker.ts';
import type { Broker, BrokerName } from './broker/port.ts';
import { createRedisPubSubBroker } from './broker/redis-pubsub/broker.ts';
import { createRedisStreamsBroker } from './broker/redis-streams/broker.ts';
import { createSqliteBroker } from './broker/sqlite/broker.ts';
import { BrokerSettingsError } from './broker/start-error.ts';
import type { Config } from './config/config.ts';
import { isLoopback } from './config/loopback.ts';
import { unboundDeliveries } from './config/unbound-deliveries.ts';
import { StartError } from './error/start-error.ts';
import { immediateTurns } from './fanout/flush.ts';
import { Hub } from './fanout/hub.ts';
import type { Logger } from './log/logger.ts';
import { GatewayMetrics } from './metrics/gateway-metrics.ts';
import { DEFAULT_LIMITS } from './operation/limits.ts';
import { createOperations } from './operation/operations.ts';
import type { Delivery, Topic } from './routing/topic.ts';
import type { GatewaySchema } from './schema/gateway-schema.ts';
import { loadSchema } from './schema/load-schema.ts';
import { systemClock } from './time/clock.ts';
import { type Listener, listen, PortInUseError } from './transport/listener.ts';
import { VERSION } from './version.ts';

/** Publishes in flight get this long at a stop, in milliseconds: the longest deadline of a broker's answer. */
const CLOSE_DEADLINE_MS = 10_000;

/** A running gateway. */
export interface Gateway {
  /** `http://host:port/graphql`. */
  readonly url: string;
  /** `http://host:port` of the admin listener. */
  readonly adminUrl: string;
  readonly schema: GatewaySchema;
  /** Drains and stops: idempotent. Publishes in flight are answered within `deadlineMs`, default 10 s. */
  close(deadlineMs?: number): Promise<void>;
}

/**
 * The composition root: builds every room from the configuration and starts the listeners.
 * Rejects with SchemaError for a schema that cannot be served, StartError for anything else that the operator must mend;
 * whatever was opened by then is closed again.
 */
export async function startGateway(config: Config, log: Logger): Promise<Gateway> {
  const schema = await readSchema(config.schemaFile);
  const topics = schema.topics.map((api) => api.topic);
  refuseUnbound(config, topics);
  warnOfOpenHosts(config, log);
  const metrics = new GatewayMetrics(VERSION);
  const bindings = bindBrokers(config, topics, metrics, log);
  const brokers = [...new Set(bindings.values())];
  const health = new Health(brokers, systemClock);
  const stopWatching = brokers.map((broker) => watch(broker, metrics, log));
  const hub = new Hub({ bindings, metrics, clock: systemClock, nextTurn: immediateTurns, log });
  const operations = createOperations({
    gateway: schema,
    bindings,
    hub,
    metrics,
    log,
    limits: DEFAULT_LIMITS,
    clock: systemClock,
  });

  let admin: AdminListener | undefined;
  let listener: Listener | undefined;
  let closing: Promise<void> | undefined;
  async function closeAll(deadlineMs: number): Promise<void> {
    // In reverse order of opening; the admin listener tells of it until the end.
    health.startDraining();
    await listener?.close(deadlineMs);
    hub.close();
    // That they go down now is no news.
    for (const stop of stopWatching) stop();
    await Promise.all(brokers.map((broker) => broker.close(deadlineMs)));
    await admin?.close();
    metrics.close();
  }

  try {
    await openBrokers(brokers, log);
    admin = await listenAdmin({ host: config.adminHost, port: config.adminPort, health, metrics }).catch((error) => {
      throw portProblem(error, config.adminHost, config.adminPort, '--admin-port');
    });
    listener = await listen({
      host: config.host,
      port: config.port,
      operations,
      metrics,
      clock: systemClock,
      log,
    }).catch((error) => {
      throw portProblem(error, config.host, config.port, '--port');
    });
  } catch (error) {
    await closeAll(0);
    throw error;
  }
  return {
    url: `http://${hostInUrl(config.host)}:${listener.port}/graphql`,
    adminUrl: `http://${hostInUrl(config.adminHost)}:${admin.port}`,
    schema,
    close(deadlineMs = CLOSE_DEADLINE_MS) {
      closing ??= closeAll(deadlineMs);
      return closing;
    },
  };
}

async function readSchema(file: string): Promise<GatewaySchema> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError([`The schema file ${file} cannot be read: ${reason}. Name another one with --schema FILE.`]);
  }
  return loadSchema({ file, text });
}

function warnOfOpenHosts(config: Config, log: Logger): void {
  if (!isLoopback(config.host)) {
    log.warn('auth is none: everyone who reaches this host can read and publish every topic', { host: config.host });
  }
  if (!isLoopback(config.adminHost)) {
    log.warn('auth is none: everyone who reaches this host can read the metrics', { host: config.adminHost });
  }
}

function refuseUnbound(config: Config, topics: readonly Topic[]): void {
  const used = new Set(topics.map((topic) => topic.policy.delivery));
  const problems = unboundDeliveries(config, used);
  if (problems.length > 0) throw new StartError(problems.map((problem) => problem.message));
}

/** One adapter for each broker name that the topics need. */
function bindBrokers(config: Config, topics: readonly Topic[], metrics: GatewayMetrics, log: Logger): Bindings {
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
function watch(broker: Broker, metrics: GatewayMetrics, log: Logger): () => void {
  const counts = metrics.broker(broker.name);
  return broker.onStatus((status) => {
    counts.up = status.type === 'up';
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
      return createRedisPubSubBroker(bound(config.redis), environment);
    case 'redis-streams':
      return createRedisStreamsBroker(bound(config.redis), environment);
    case 'kafka':
      return createKafkaBroker(
        {
          ...bound(config.kafka),
          createTopics: config.createTopics,
          weakDurability: isLoopback(config.host) || config.allowWeakDurability ? 'warn' : 'refuse',
        },
        environment,
      );
    default:
      throw name satisfies never;
  }
}

function bound<T>(settings: T | undefined): T {
  if (settings === undefined) throw new Error('A broker was chosen whose settings are missing.');
  return settings;
}

/** Opens all brokers side by side; a broker that is away is waited for in the background, a wrong setting stops the start. */
async function openBrokers(brokers: readonly Broker[], log: Logger): Promise<void> {
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

function portProblem(error: unknown, host: string, port: number, flag: string): unknown {
  const inUse =
    error instanceof PortInUseError || (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE');
  if (!inUse) return error;
  return new StartError([
    `Port ${port} on ${host} is in use. Stop the other program, or choose another port with ${flag}.`,
  ]);
}

function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
