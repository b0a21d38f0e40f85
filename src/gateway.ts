import { availableParallelism } from 'node:os';
import { type AdminListener, listenAdmin } from './admin/admin-listener.ts';
import { Debugging } from './admin/debugging.ts';
import { Health } from './admin/health.ts';
import type { LogLevelControl } from './admin/log-level.ts';
import type { ProcessReport } from './admin/process-report.ts';
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
import { LIMIT_NAMES } from './config/limit-options.ts';
import { isLoopback } from './config/loopback.ts';
import { networkTest, type TrustedProxies } from './config/trusted-proxies.ts';
import { StartError } from './error/start-error.ts';
import { immediateTurns } from './fanout/flush.ts';
import { Hub } from './fanout/hub.ts';
import { type LogLevel, LogThreshold } from './log/log-threshold.ts';
import type { Logger } from './log/logger.ts';
import { GatewayMetrics } from './metrics/gateway-metrics.ts';
import { Callers } from './operation/callers/callers.ts';
import { CurrentOperations } from './operation/current-operations.ts';
import { createOperations } from './operation/operations.ts';
import type { PersistedOptions } from './operation/persisted/persisted-operations.ts';
import { readPersisted } from './operation/persisted/read-persisted.ts';
import type { Operations } from './operation/port.ts';
import { reloadJudge } from './operation/reload-judge.ts';
import { graphiqlSite } from './protocol/graphiql/site.ts';
import type { ProxyTrust } from './protocol/http/client-address.ts';
import { Reloading } from './reloading.ts';
import type { Delivery, Topic } from './routing/topic.ts';
import type { GatewaySchema } from './schema/gateway-schema.ts';
import { type CheckedStart, checkStart, documentRules, servedSchema } from './start-checks.ts';
import { systemClock } from './time/clock.ts';
import { registeredTracing } from './tracing/tracing.ts';
import { ListenError, type Listener, listen, PortInUseError } from './transport/listener.ts';
import { defaultMemoryBound } from './transport/memory-bound.ts';
import { VERSION } from './version.ts';

/** Publishes in flight get this long at a stop, in milliseconds: the longest deadline of a broker's answer. */
export const CLOSE_DEADLINE_MS = 10_000;

/** One of several processes behind one port: whoever started it speaks to the operators. */
export interface WorkerGateway {
  /** `http://host:port/graphql`. */
  readonly url: string;
  readonly schema: GatewaySchema;
  report(): Promise<ProcessReport>;
  /**
   * F25: serves another schema, to new operations at once; subscriptions that no longer fit end with an error, the others see nothing.
   * Of the configuration what `RELOADED` names is taken. Rejects as `startGateway`, and then nothing has changed.
   */
  reload(config: Config, schemaText: string): Promise<void>;
  /**
   * Drains and stops: idempotent. Connections leave over at most `spreadMs`, default `Config.drainSeconds`; then publishes in flight
   * are answered within `deadlineMs`, default 10 s.
   */
  close(deadlineMs?: number, spreadMs?: number): Promise<void>;
}

/** A running gateway. */
export interface Gateway extends WorkerGateway {
  /** `http://host:port` of the admin listener. */
  readonly adminUrl: string;
}

/**
 * The composition root: builds every room from the configuration and starts the listeners.
 * Rejects with SchemaError for a schema that cannot be served, StartError for anything else that the operator must mend;
 * whatever was opened by then is closed again. `threshold` is that of the log, which the admin listener shows and changes.
 */
export async function startGateway(
  config: Config,
  log: Logger,
  checked?: CheckedStart,
  threshold: LogThreshold = new LogThreshold(config.logLevel),
): Promise<Gateway> {
  const { schema, persisted } = checked ?? (await checkStart(config, log));
  const { gateway, adminPort } = await open(config, log, schema, persisted, { type: 'alone', threshold });
  return { ...gateway, adminUrl: `http://${hostInUrl(config.adminHost)}:${adminPort}` };
}

/**
 * The same for a worker: its port is shared with the other workers, it has no admin listener, and what `checkStart` says was said by the
 * process that started it. Rejects as `startGateway`.
 */
export async function startWorkerGateway(
  config: Config,
  log: Logger,
  { schemaText }: Pick<CheckedStart, 'schemaText'>,
): Promise<WorkerGateway> {
  const schema = servedSchema(config, schemaText);
  const persisted = await readPersisted(config, documentRules(config, schema));
  return (await open(config, log, schema, persisted, { type: 'worker' })).gateway;
}

async function open(
  config: Config,
  log: Logger,
  schema: GatewaySchema,
  persisted: PersistedOptions,
  role: { readonly type: 'alone'; readonly threshold: LogThreshold } | { readonly type: 'worker' },
): Promise<{ readonly gateway: WorkerGateway; readonly adminPort: number | undefined }> {
  const topics = schema.topics.map((api) => api.topic);
  const metrics = new GatewayMetrics(VERSION);
  // Prometheus sees a rise only from a value that was there before.
  for (const name of LIMIT_NAMES) metrics.limits.set(name, 0);
  for (const { name, policy } of topics) metrics.topic(name, policy.delivery);
  const bindings = bindBrokers(config, topics, metrics, log);
  const brokers = [...new Set(bindings.values())];
  const health = new Health(brokers, systemClock);
  metrics.lag = () => brokers.flatMap((broker) => broker.lag?.() ?? []);
  const stopWatching = brokers.map((broker) => watch(broker, metrics, log));
  const hub = new Hub({ bindings, metrics, clock: systemClock, nextTurn: immediateTurns, log });
  const operationsOf = (
    { limits, introspection, dev }: Config,
    served: Pick<CheckedStart, 'schema' | 'persisted'>,
    generation: number,
  ): Operations =>
    createOperations({
      gateway: served.schema,
      bindings,
      hub,
      metrics,
      log,
      limits,
      generation,
      introspection,
      verboseErrors: dev,
      persisted: served.persisted,
      tracing: registeredTracing(),
      clock: systemClock,
    });
  const operations = new CurrentOperations(operationsOf(config, { schema, persisted }, 0));
  const reloading = new Reloading({
    first: schema,
    brokers: new Map(brokers.map((broker) => [broker.name, broker])),
    brokerOf: ({ policy }) => brokerNames(config)[policy.delivery],
    apply(next, served, generation) {
      operations.replace(operationsOf(next, served, generation));
      hub.failWhere(reloadJudge(served.schema));
    },
  });
  const callers = new Callers({ limits: config.limits, clock: systemClock, metrics, log });

  let admin: AdminListener | undefined;
  let listener: Listener | undefined;
  const debugging = new Debugging({
    topics,
    hub,
    metrics,
    connections: (limit) => listener?.connections(limit) ?? { total: 0, slowest: [] },
    clock: systemClock,
  });
  let closing: Promise<void> | undefined;
  async function closeAll(deadlineMs: number, spreadMs: number): Promise<void> {
    // In reverse order of opening; the admin listener tells of it until the end.
    health.startDraining();
    await listener?.close(deadlineMs, spreadMs);
    hub.close();
    // That they go down now is no news.
    for (const stop of stopWatching) stop();
    await Promise.all(brokers.map((broker) => broker.close(deadlineMs)));
    await admin?.close();
    metrics.close();
  }

  try {
    const developerPage = config.dev ? await graphiqlSite(schema, systemClock.now()) : undefined;
    await openBrokers(brokers, log);
    if (role.type === 'alone') {
      const { threshold } = role;
      const source = {
        metrics: () => metrics.registry.metrics(),
        ready: () => health.ready(),
        health: () => health.report(),
        debug: () => debugging.report(),
        logLevel: logLevelControl(threshold, log),
      };
      admin = await listenAdmin({ host: config.adminHost, port: config.adminPort, source }).catch((error) => {
        throw portProblem(error, config.adminHost, config.adminPort, '--admin-port');
      });
    }
    listener = await listen({
      host: config.host,
      port: config.port,
      sharesPort: role.type === 'worker',
      operations,
      callers,
      proxyTrust: proxyTrust(config.trustedProxies),
      allowedOrigins: config.allowedOrigins,
      developerPage,
      connectionLimits: pick(config.limits, ['maxMessageBytes', 'maxSubscriptions', 'maxOperationsInFlight']),
      httpLimits: pick(config.limits, ['maxBodyBytes', 'maxUrlBytes']),
      maxMemoryBytes: config.maxMemory ?? defaultMemoryBound(role.type === 'worker' ? processCount(config) : 1),
      metrics,
      clock: systemClock,
      log,
    }).catch((error) => {
      throw portProblem(error, config.host, config.port, '--port');
    });
  } catch (error) {
    await closeAll(0, 0);
    throw error;
  }
  const gateway: WorkerGateway = {
    url: `http://${hostInUrl(config.host)}:${listener.port}/graphql`,
    schema,
    report: async () => ({
      metrics: await metrics.registry.getMetricsAsJSON(),
      readiness: health.ready(),
      health: health.report(),
      debug: debugging.report(),
    }),
    reload: (next, schemaText) => reloading.reload(next, schemaText),
    close(deadlineMs = CLOSE_DEADLINE_MS, spreadMs = config.drainSeconds * 1_000) {
      closing ??= closeAll(deadlineMs, spreadMs);
      return closing;
    },
  };
  return { gateway, adminPort: admin?.port };
}

/** What `/log-level` reads and sets; `changed` hears of every change. */
export function logLevelControl(
  threshold: LogThreshold,
  log: Logger,
  changed: (level: LogLevel) => void = () => {},
): LogLevelControl {
  return {
    get: () => threshold.level,
    set(level) {
      const before = threshold.level;
      threshold.level = level;
      changed(level);
      // Whoever reads the log later must see why lines are missing, so this one is written whatever the level is.
      log.error('the log level was changed', { from: before, to: level });
    },
  };
}

/** How many workers there are, as far as one of them can tell. */
function processCount({ workers }: Config): number {
  return workers === 'auto' ? availableParallelism() : workers;
}

function proxyTrust(proxies: TrustedProxies | undefined): ProxyTrust {
  if (proxies === undefined) return { type: 'none' };
  return proxies.type === 'hops' ? proxies : { type: 'networks', contains: networkTest(proxies.networks) };
}

function pick<T, K extends keyof T>(all: T, keys: readonly K[]): Pick<T, K> {
  // The cast holds because the entries are those of the keys.
  return Object.fromEntries(keys.map((key) => [key, all[key]])) as unknown as Pick<T, K>;
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

/** A listener's failure as the operator should read it; an error that is none of theirs comes back as it is. */
export function portProblem(error: unknown, host: string, port: number, flag: string): unknown {
  const inUse =
    error instanceof PortInUseError || (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE');
  if (error instanceof ListenError) return new StartError([error.message]);
  if (!inUse) return error;
  return new StartError([
    `Port ${port} on ${host} is in use. Stop the other program, or choose another port with ${flag}.`,
  ]);
}

/** An IPv6 address stands in brackets. */
export function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
