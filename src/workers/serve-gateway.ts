import { availableParallelism } from 'node:os';
import type { Config } from '../config/config.ts';
import { CLOSE_DEADLINE_MS, startGateway } from '../gateway.ts';
import type { Logger } from '../log/logger.ts';
import type { GatewaySchema } from '../schema/gateway-schema.ts';
import { type CheckedStart, checkStart } from '../start-checks.ts';
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
  /** Drains and stops: idempotent. */
  close(): Promise<void>;
}

/** Starts as many processes as the configuration asks for: with one, this one. Rejects as `startGateway`. */
export async function serveGateway(
  config: Config,
  log: Logger,
  program: WorkerGroupOptions['program'],
): Promise<Serving> {
  if (config.workers === 1) return await serveHere(config, log);
  const checked = await checkStart(config, log);
  const { schema, schemaText } = checked;
  const used = schema.topics.map(({ topic }) => topic.policy.delivery);
  const count = workerCount(config, used, availableParallelism(), log);
  if (count === 1) return await serveHere(config, log, checked);
  if (process.platform !== 'linux') {
    log.warn('this system may give all connections to one worker; Linux spreads them', { platform: process.platform });
  }
  const group = new WorkerGroup({ config, schemaText, count, program, clock: systemClock, log });
  await group.start();
  return { url: group.url, schema, failed: group.failed, close: () => group.close(CLOSE_DEADLINE_MS) };
}

async function serveHere(config: Config, log: Logger, checked?: CheckedStart): Promise<Serving> {
  const gateway = await startGateway(config, log, checked);
  return { url: gateway.url, schema: gateway.schema, failed: new Promise(() => {}), close: () => gateway.close() };
}
