import { availableParallelism } from 'node:os';
import type { Config } from '../config/config.ts';
import { CLOSE_DEADLINE_MS, startGateway } from '../gateway.ts';
import { LogThreshold } from '../log/log-threshold.ts';
import type { Logger } from '../log/logger.ts';
import type { GatewaySchema } from '../schema/gateway-schema.ts';
import { schemaDiff } from '../schema/schema-diff.ts';
import { type CheckedStart, checkFiles, checkStart } from '../start-checks.ts';
import { systemClock } from '../time/clock.ts';
import { workerCount } from './worker-count.ts';
import { WorkerGroup, type WorkerGroupOptions } from './worker-group.ts';

/** A server, in this process or in several. */
export interface Serving {
  /** `http://host:port/graphql`. */
  readonly url: string;
  readonly schema: GatewaySchema;
  /** Resolves when it cannot go on (F24): it should be closed and the program end in failure. Of one process: never. */
  readonly failed: Promise<void>;
  /**
   * F25: reads the schema file again and serves what is in it, with what of the configuration can be reloaded; says in the log how the
   * schema changed. Rejects with SchemaError or StartError, and then nothing has changed.
   */
  reload(config: Config): Promise<void>;
  /** Drains and stops: idempotent. */
  close(): Promise<void>;
}

/** Starts as many processes as the configuration asks for: with one, this one. `threshold` is that of the log. Rejects as `startGateway`. */
export async function serveGateway(
  config: Config,
  log: Logger,
  program: WorkerGroupOptions['program'],
  threshold: LogThreshold = new LogThreshold(config.logLevel),
): Promise<Serving> {
  if (config.workers === 1) return await serveHere(config, log, threshold);
  const checked = await checkStart(config, log);
  const { schema, schemaText } = checked;
  const used = schema.topics.map(({ topic }) => topic.policy.delivery);
  const count = workerCount(config, used, availableParallelism(), log);
  if (count === 1) return await serveHere(config, log, threshold, checked);
  if (process.platform !== 'linux') {
    log.warn('this system may give all connections to one worker; Linux spreads them', { platform: process.platform });
  }
  const group = new WorkerGroup({ config, schemaText, count, program, clock: systemClock, log, threshold });
  await group.start();
  const reload = reloader(schema, log, (next, text) => group.reload(next, text));
  return { url: group.url, schema, failed: group.failed, reload, close: () => group.close(CLOSE_DEADLINE_MS) };
}

async function serveHere(
  config: Config,
  log: Logger,
  threshold: LogThreshold,
  checked?: CheckedStart,
): Promise<Serving> {
  const gateway = await startGateway(config, log, checked, threshold);
  const reload = reloader(gateway.schema, log, (next, text) => gateway.reload(next, text));
  return {
    url: gateway.url,
    schema: gateway.schema,
    failed: new Promise(() => {}),
    reload,
    close: () => gateway.close(),
  };
}

/** Checks the files, has them applied, and tells the difference. */
function reloader(
  first: GatewaySchema,
  log: Logger,
  apply: (config: Config, schemaText: string) => Promise<void> | void,
): (config: Config) => Promise<void> {
  let before = first;
  return async (config) => {
    const { schema, schemaText } = await checkFiles(config);
    await apply(config, schemaText);
    const { lines, breaking } = schemaDiff(before, schema);
    before = schema;
    log.info('reloaded', { changes: lines.length });
    for (const change of lines) log.info('the schema has changed', { change });
    for (const change of breaking) log.warn('a change of the schema can break clients', { change });
  };
}
