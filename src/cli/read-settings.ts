import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Invocation } from './command.ts';
import { reportConfigProblems } from './report.ts';
import { reportUsage } from './usage.ts';

/** The configuration of a command that takes settings and no operands; undefined after its problems were reported. */
export function readSettings({ flags, environment, folder, io }: Invocation, name: string): Config | undefined {
  const loaded = loadConfig({ flags, environment, folder });
  if (loaded.type === 'invalid') reportConfigProblems(io.stderr, loaded.problems);
  const extra = flags.positionals.length > 0;
  if (extra)
    reportUsage(io.stderr, name, `it takes no words beside its flags, and there is: ${flags.positionals.join(' ')}`);
  return loaded.type === 'config' && !extra ? loaded.config : undefined;
}
