import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type BrokerReader, readKafka, readRedis } from './broker-settings.ts';
import type { Config } from './config.ts';
import { type ReadFile, readConfigText } from './config-file.ts';
import type { ConfigProblem } from './config-problem.ts';
import { crossCheck } from './cross-check.ts';
import type { ParsedFlags } from './flags.ts';
import { LIMIT_NAMES, type LimitName, type LimitSettings, LOOPBACK_LIMITS, PUBLIC_LIMITS } from './limit-options.ts';
import { isLoopback } from './loopback.ts';
import type { Option } from './option.ts';
import { OPTION_LIST, OPTIONS, type OptionKey, type OptionValue } from './options.ts';
import type { Origin } from './origin.ts';
import { redact } from './redact.ts';
import { type Environment, type ReadVariables, readVariables } from './variables.ts';

/** Where each setting was written. */
export type Origins = Readonly<Record<OptionKey, Origin>>;

export interface LoadConfigOptions {
  /** The command line, taken apart; its problems are reported with all others. Flags that are no settings are left alone. */
  readonly flags: ParsedFlags;
  readonly environment: Environment;
  /** The current folder: where relative paths start and sluice.yaml is looked for. */
  readonly folder: string;
}

export type LoadedConfig =
  | {
      readonly type: 'config';
      readonly config: Config;
      readonly origins: Origins;
      /** Each value as people may see it: as it was written, without secrets. */
      readonly shown: Readonly<Record<OptionKey, string>>;
    }
  | { readonly type: 'invalid'; readonly problems: readonly ConfigProblem[] };

interface Written {
  readonly text: string;
  readonly origin: Origin;
  /** Where a relative path starts. */
  readonly folder: string;
}

/** Reads flags, variables and the file, in this order of rank, and checks everything: all problems are reported at once. */
export function loadConfig({ flags, environment, folder }: LoadConfigOptions): LoadedConfig {
  const variables = readVariables(environment);
  const file = readFile(flags, variables, folder);
  const problems = [...flags.problems, ...variables.problems, ...file.problems];
  const origins: Partial<Record<OptionKey, Origin>> = {};
  const shown: Partial<Record<OptionKey, string>> = {};

  const find = (key: OptionKey, option: Option<unknown>): Written => {
    const flag = flags.values.get(option.name);
    if (flag !== undefined) return { text: flag, origin: { type: 'flag', flag: `--${option.name}` }, folder };
    const variable = variables.values.get(key);
    if (variable !== undefined) {
      return { text: variable, origin: { type: 'variable', variable: option.variable }, folder };
    }
    const value = file.values.get(key);
    if (value !== undefined) {
      return {
        text: value.text,
        origin: { type: 'file', file: file.name, line: value.line },
        folder: dirname(file.path),
      };
    }
    return { text: option.fallback ?? '', origin: { type: 'default' }, folder };
  };

  const read = <K extends OptionKey>(key: K): OptionValue<K> | undefined => {
    const option = OPTIONS[key] as unknown as Option<OptionValue<K>>;
    const written = find(key, option);
    origins[key] = written.origin;
    const value = option.secret === true ? '***' : redact(written.text);
    shown[key] = written.origin.type === 'default' ? option.fallbackText : value;
    if (written.origin.type === 'default' && option.fallback === undefined) return undefined;
    const parsed = option.type.parse(written.text, written.folder);
    if (parsed.type === 'value') return parsed.value;
    const message = written.text === '' ? 'it is empty' : `it is ${parsed.message}`;
    problems.push({ origin: written.origin, value, message, fix: parsed.fix });
    return undefined;
  };

  const broker: BrokerReader = {
    read,
    problem: (key, message, fix) => {
      const origin = origins[key] ?? { type: 'default' };
      problems.push({ origin, value: undefined, message, fix });
    },
  };
  const redis = readRedis(broker);
  const kafka = readKafka(broker);
  const dev = read('dev') ?? false;
  const host = read('host') ?? '127.0.0.1';
  // The stand-ins after ?? are never used: what has no value here is a problem, and a configuration with problems is not handed out.
  const config: Config = {
    schemaFile: read('schema') ?? '',
    host,
    port: read('port') ?? 0,
    adminHost: read('adminHost') ?? '127.0.0.1',
    adminPort: read('adminPort') ?? 0,
    dataFolder: read('dataFolder') ?? '',
    redis,
    kafka,
    embedded: read('embedded') ?? false,
    auth: read('auth'),
    workers: read('workers') ?? 1,
    maxMemory: read('maxMemory'),
    logLevel: read('logLevel') ?? 'info',
    drainSeconds: read('drainSeconds') ?? 0,
    createTopics: read('createTopics') ?? dev,
    allowWeakDurability: read('allowWeakDurability') ?? false,
    operationsFile: read('operationsFile'),
    operationsOnly: read('operationsOnly') ?? false,
    introspection: read('introspection') ?? (dev || isLoopback(host)),
    trustedProxies: read('trustedProxies'),
    allowedOrigins: read('allowedOrigins'),
    limits: readLimits(read, isLoopback(host)),
    dev,
  };
  read('config');
  const complete = origins as Origins;
  problems.push(...crossCheck(config, complete));
  if (problems.length > 0) return { type: 'invalid', problems };
  // Every setting was read above.
  return { type: 'config', config, origins: complete, shown: shown as Readonly<Record<OptionKey, string>> };
}

function readLimits(read: (key: LimitName) => number | undefined, onLoopback: boolean): LimitSettings {
  const limits: Record<LimitName, number> = { ...LOOPBACK_LIMITS, ...(onLoopback ? {} : PUBLIC_LIMITS) };
  for (const name of LIMIT_NAMES) limits[name] = read(name) ?? limits[name];
  return limits;
}

/** Names of all flags that set something, for the commands that take them. */
export const CONFIG_FLAGS: readonly { readonly name: string; readonly placeholder: string; readonly help: string }[] =
  OPTION_LIST.map(([, option]) => ({
    name: option.name,
    placeholder: option.type.placeholder,
    help: `${option.help} [${option.fallbackText}]`,
  }));

function readFile(
  flags: ParsedFlags,
  variables: ReadVariables,
  folder: string,
): ReadFile & { name: string; path: string } {
  const flag = flags.values.get(OPTIONS.config.name);
  const asked = flag ?? variables.values.get('config');
  const name = asked ?? 'sluice.yaml';
  const path = asked === undefined ? join(folder, name) : (resolvedPath(asked, folder) ?? '');
  const nothing = (problems: readonly ConfigProblem[] = []): ReadFile & { name: string; path: string } => ({
    values: new Map(),
    problems,
    name,
    path,
  });
  if (asked === undefined && !existsSync(path)) {
    const mistaken = join(folder, 'sluice.yml');
    if (!existsSync(mistaken)) return nothing();
    const origin: Origin = { type: 'file', file: relative(folder, mistaken), line: undefined };
    const message = 'the file is not read: its name is not sluice.yaml';
    return nothing([{ origin, value: undefined, message, fix: 'Rename it to sluice.yaml, or give it with --config.' }]);
  }
  try {
    return { ...readConfigText(readFileSync(path, 'utf8'), name), name, path };
  } catch (error) {
    const origin: Origin =
      flag !== undefined
        ? { type: 'flag', flag: '--config' }
        : asked !== undefined
          ? { type: 'variable', variable: OPTIONS.config.variable }
          : { type: 'file', file: name, line: undefined };
    const reason = error instanceof Error ? error.message : String(error);
    const message = `the file cannot be read: ${reason}`;
    return nothing([{ origin, value: name, message, fix: 'Name a file that is there and may be read.' }]);
  }
}

function resolvedPath(text: string, folder: string): string | undefined {
  const parsed = OPTIONS.config.type.parse(text, folder);
  return parsed.type === 'value' ? parsed.value : undefined;
}
