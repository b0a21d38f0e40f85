import type { Config } from './config.ts';
import type { ConfigProblem } from './config-problem.ts';
import { isLoopback } from './loopback.ts';
import type { OptionKey } from './options.ts';
import type { Origin } from './origin.ts';

/** Checks the rules between settings (A77: no unsafe start). Pure. */
export function crossCheck(config: Config, origins: Readonly<Record<OptionKey, Origin>>): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const listeners = [
    { key: 'host', host: config.host, loss: 'publish and subscribe' },
    { key: 'adminHost', host: config.adminHost, loss: 'read metrics and health' },
  ] as const;
  for (const { key, host, loss } of listeners) {
    if (isLoopback(host) || config.auth === 'none') continue;
    problems.push({
      origin: origins[key],
      value: host,
      message: `the host is not loopback and there is no authentication: everyone who reaches it may ${loss}`,
      fix: 'Listen on 127.0.0.1, or say that this is meant: --auth none, SLUICE_AUTH=none or auth: none.',
    });
  }
  if (config.port !== 0 && config.port === config.adminPort && sharesAddress(config.host, config.adminHost)) {
    problems.push({
      origin: origins.adminPort,
      value: String(config.adminPort),
      message: 'the admin listener has the port of /graphql',
      fix: 'Give --port and --admin-port different ports.',
    });
  }
  if (config.operationsOnly && config.operationsFile === undefined) {
    problems.push({
      origin: origins.operationsOnly,
      value: undefined,
      message: 'only persisted operations may run, and there are none',
      fix: 'Name their manifest with --operations FILE, or leave this out.',
    });
  }
  return problems;
}

/** Could two listeners get in each other's way? Different addresses of one machine do not. */
function sharesAddress(one: string, other: string): boolean {
  const every = new Set(['0.0.0.0', '::', 'localhost']);
  return one === other || every.has(one) || every.has(other);
}
