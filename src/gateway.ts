import { availableParallelism } from 'node:os';
import { type AdminListener, listenAdmin } from './admin/admin-listener.ts';
import { Debugging } from './admin/debugging.ts';
import { Health } from './admin/health.ts';
import { logLevelControl } from './admin/log-level.ts';
import type { ProcessReport } from './admin/process-report.ts';
import { brokerNames } from './broker/broker-names.ts';
import type { Config } from './config/config.ts';
import { LIMIT_NAMES } from './config/limit-options.ts';
import { networkTest, type TrustedProxies } from './config/trusted-proxies.ts';
import { immediateTurns } from './fanout/flush.ts';
import { Hub } from './fanout/hub.ts';
import { bindBrokers, openBrokers, watchBroker } from './gateway-brokers.ts';
import { LogThreshold } from './log/log-threshold.ts';
import type { Logger } from './log/logger.ts';
import { GatewayMetrics } from './metrics/gateway-metrics.ts';
import { Callers } from './operation/callers/callers.ts';
import { CurrentOperations } from './operation/current-operations.ts';
import { createOperations } from './operation/operations.ts';
import type { PersistedOptions } from './operation/persisted/persisted-operations.ts';
import { readPersisted } from './operation/persisted/read-persisted.ts';
import type { Operations } from './operation/port.ts';
import { reloadJudge } from './operation/reload-judge.ts';
import { type DeveloperPage, graphiqlSite } from './protocol/graphiql/site.ts';
import type { ProxyTrust } from './protocol/http/client-address.ts';
import { Reloading } from './reloading.ts';
import type { GatewaySchema } from './schema/gateway-schema.ts';
import { type CheckedStart, checkStart, documentRules, servedSchema } from './start-checks.ts';
import { hostInUrl } from './text/host-in-url.ts';
import { systemClock } from './time/clock.ts';
import { registeredTracing } from './tracing/tracing.ts';
import { type Listener, listen } from './transport/listener.ts';
import { defaultMemoryBound } from './transport/memory-bound.ts';
import { portProblem } from './transport/port-problem.ts';
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
  const stopWatching = brokers.map((broker) => watchBroker(broker, metrics, log));
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
  /** What the pages for people show. */
  let shown = schema;
  let developerPage: DeveloperPage | undefined;
  async function showPage(): Promise<void> {
    if (config.dev) developerPage = await graphiqlSite(shown, systemClock.now());
  }
  const reloading = new Reloading({
    first: schema,
    brokers: new Map(brokers.map((broker) => [broker.name, broker])),
    brokerOf: ({ policy }) => brokerNames(config)[policy.delivery],
    apply(next, served, generation) {
      operations.replace(operationsOf(next, served, generation));
      hub.failWhere(reloadJudge(served.schema));
      shown = served.schema;
      void showPage().catch((error) => log.error('the developer page shows the old schema', { reason: String(error) }));
    },
  });
  const callers = new Callers({ limits: config.limits, clock: systemClock, metrics, log });

  let admin: AdminListener | undefined;
  let listener: Listener | undefined;
  const debugging = new Debugging({
    topics: () => shown.topics.map(({ topic }) => topic),
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
    await showPage();
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
      developerPage: (head) => developerPage?.(head),
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
