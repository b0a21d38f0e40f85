import { readFile } from 'node:fs/promises';
import type { Config } from './config/config.ts';
import { isLoopback } from './config/loopback.ts';
import { unboundDeliveries } from './config/unbound-deliveries.ts';
import { StartError } from './error/start-error.ts';
import type { Logger } from './log/logger.ts';
import type { DocumentRules } from './operation/document.ts';
import type { PersistedOptions } from './operation/persisted/persisted-operations.ts';
import { readPersisted } from './operation/persisted/read-persisted.ts';
import type { GatewaySchema } from './schema/gateway-schema.ts';
import { loadSchema } from './schema/load-schema.ts';
import { withTopicPrefix } from './schema/topic-prefix.ts';

/** What is known before anything is opened. */
export interface CheckedStart {
  readonly schemaText: string;
  readonly schema: GatewaySchema;
  readonly persisted: PersistedOptions;
}

/**
 * All checks that need no broker and no port, done once for all processes of a start; warns of what is open to everyone.
 * Rejects with SchemaError for a schema that cannot be served, StartError for anything else that the operator must mend.
 */
export async function checkStart(config: Config, log: Logger): Promise<CheckedStart> {
  const checked = await checkFiles(config);
  warnOfOpenHosts(config, log);
  return checked;
}

/** The same without a warning, for a reload. */
export async function checkFiles(config: Config): Promise<CheckedStart> {
  const schemaText = await readSchema(config.schemaFile);
  return { schemaText, ...(await checkText(config, schemaText)) };
}

/** The same for a schema file that was read already. */
export async function checkText(config: Config, schemaText: string): Promise<Omit<CheckedStart, 'schemaText'>> {
  const schema = servedSchema(config, schemaText);
  refuseUnbound(config, schema);
  return { schema, persisted: await readPersisted(config, documentRules(config, schema)) };
}

/** The schema as this deployment serves it. Throws SchemaError, or StartError for a prefix that does not fit. */
export function servedSchema({ schemaFile, kafka }: Config, text: string): GatewaySchema {
  return withTopicPrefix(loadSchema({ file: schemaFile, text }), kafka?.topicPrefix);
}

/** What every document of a client has to keep to. */
export function documentRules({ limits, introspection }: Config, { schema }: GatewaySchema): DocumentRules {
  return { schema, limits, introspection };
}

async function readSchema(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError([`The schema file ${file} cannot be read: ${reason}. Name another one with --schema FILE.`]);
  }
}

function refuseUnbound(config: Config, schema: GatewaySchema): void {
  const used = new Set(schema.topics.map(({ topic }) => topic.policy.delivery));
  const problems = unboundDeliveries(config, used);
  if (problems.length > 0) throw new StartError(problems.map((problem) => problem.message));
}

function warnOfOpenHosts(config: Config, log: Logger): void {
  if (!isLoopback(config.host)) {
    log.warn('auth is none: everyone who reaches this host can read and publish every topic', { host: config.host });
  }
  if (!isLoopback(config.adminHost)) {
    log.warn('auth is none: everyone who reaches this host can read the metrics', { host: config.adminHost });
  }
}
