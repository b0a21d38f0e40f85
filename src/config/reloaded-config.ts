import type { Config } from './config.ts';
import { OPTION_LIST, type OptionKey } from './options.ts';

/** The running configuration with what may change while the gateway runs: the rows of the table with `reload`. */
export function reloadedConfig(running: Config, next: Config): Config {
  const { schemaFile, operationsFile, operationsOnly, introspection } = next;
  return { ...running, schemaFile, operationsFile, operationsOnly, introspection };
}

/** Names of the settings that were changed and need a restart. Values are compared as they are shown, so a new password goes unseen. */
export function needRestart(
  running: Readonly<Record<OptionKey, string>>,
  next: Readonly<Record<OptionKey, string>>,
): readonly string[] {
  return OPTION_LIST.flatMap(([key, option]) =>
    option.reload === true || running[key] === next[key] ? [] : [option.path?.join('.') ?? option.name],
  );
}
