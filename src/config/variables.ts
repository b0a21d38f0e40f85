import { didYouMean } from '../text/did-you-mean.ts';
import type { ConfigProblem } from './config-problem.ts';
import { OPTION_LIST, type OptionKey } from './options.ts';
import { redact } from './redact.ts';

/** Environment variables as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings found in `SLUICE_*` variables, as texts, not checked yet. */
export interface ReadVariables {
  readonly values: ReadonlyMap<OptionKey, string>;
  readonly problems: readonly ConfigProblem[];
}

/** Variables that belong to the tests and the setup of the project; the gateway does not read them. */
const NOT_SETTINGS = /^SLUICE_(?:TEST_.*|CACHE)$/;

/** What Kubernetes sets in every container for a Service whose name begins with `sluice`. */
const SERVICE_LINK = /_SERVICE_(?:HOST|PORT)|_PORT(?:_\d+_\w+)?$/;

/** Reads the settings from the environment. An unknown `SLUICE_*` variable is a problem: a mistyped one would be ignored silently. */
export function readVariables(environment: Environment): ReadVariables {
  const keys = new Map<string, OptionKey>(OPTION_LIST.map(([key, option]) => [option.variable, key]));
  const values = new Map<OptionKey, string>();
  const problems: ConfigProblem[] = [];
  for (const [variable, value] of Object.entries(environment)) {
    if (value === undefined || !variable.startsWith('SLUICE_') || NOT_SETTINGS.test(variable)) continue;
    const key = keys.get(variable);
    const problem = (message: string, fix: string): void => {
      problems.push({ origin: { type: 'variable', variable }, value: redact(value, variable), message, fix });
    };
    if (/^(?:tcp|udp):\/\//.test(value) || (key === undefined && SERVICE_LINK.test(variable))) {
      problem(
        'Kubernetes made this variable for a Service; it is no setting of Sluice',
        'Set enableServiceLinks: false in the pod.',
      );
    } else if (key === undefined) problem('there is no such setting', unknownVariableFix(variable, keys.keys()));
    else if (value === '') problem('it is empty', 'Give it a value, or remove the variable.');
    else values.set(key, value);
  }
  return { values, problems };
}

function unknownVariableFix(variable: string, known: Iterable<string>): string {
  const meant = didYouMean(variable, known);
  return meant === undefined ? 'Remove it; docs/configuration.md lists the settings.' : `Did you mean ${meant}?`;
}
