import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config/config.ts';
import { LOOPBACK_LIMITS } from '../../src/config/limit-options.ts';
import { type Gateway, startGateway } from '../../src/gateway.ts';
import { type Logger, silentLogger } from '../../src/log/logger.ts';
import { exampleSchema } from '../support/earthquakes.ts';

/** A gateway of one test, on free loopback ports, with a data folder of its own. */
export interface RunningGateway extends Gateway {
  /** `/metrics`, `/healthz` and so on, as text. */
  admin(path: string): Promise<{ readonly status: number; readonly body: string }>;
  /** Closes it and removes its data. */
  stop(): Promise<void>;
}

/** Starts a gateway on embedded brokers and the earthquakes example, where the settings do not say otherwise. */
export async function startTestGateway(
  settings: Partial<Config> = {},
  log: Logger = silentLogger,
): Promise<RunningGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-gateway-'));
  const config: Config = {
    schemaFile: exampleSchema,
    host: '127.0.0.1',
    port: 0,
    adminHost: '127.0.0.1',
    adminPort: 0,
    dataFolder: join(folder, 'data'),
    redis: undefined,
    kafka: undefined,
    embedded: false,
    auth: undefined,
    workers: 1,
    createTopics: false,
    allowWeakDurability: false,
    maxMemory: undefined,
    drainSeconds: 20,
    logLevel: 'info',
    operationsFile: undefined,
    operationsOnly: false,
    introspection: true,
    trustedProxies: undefined,
    allowedOrigins: undefined,
    limits: LOOPBACK_LIMITS,
    dev: false,
    ...settings,
  };
  const gateway = await startGateway(config, log);
  return {
    ...gateway,
    async admin(path) {
      const response = await fetch(`${gateway.adminUrl}${path}`);
      return { status: response.status, body: await response.text() };
    },
    async stop() {
      await gateway.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
