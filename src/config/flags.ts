import { didYouMean } from '../text/did-you-mean.ts';
import type { ConfigProblem } from './config-problem.ts';

/** A flag that a command takes. */
export interface FlagSpec {
  /** `port` for `--port`. */
  readonly name: string;
  /** Stands for the value in help; empty for a switch. */
  readonly placeholder: string;
}

/** A command line taken apart. Values are texts, not checked yet. */
export interface ParsedFlags {
  /** By the flag's name; a switch without a value is `true`. */
  readonly values: ReadonlyMap<string, string>;
  readonly positionals: readonly string[];
  readonly problems: readonly ConfigProblem[];
}

/**
 * Takes a command line apart: `--name value`, `--name=value`, `--switch`, `--switch=false`; after `--` everything is positional.
 * A flag that is unknown, repeated or without its value is a problem, and the reading goes on.
 */
export function parseFlags(words: readonly string[], specs: readonly FlagSpec[]): ParsedFlags {
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const values = new Map<string, string>();
  const positionals: string[] = [];
  const problems: ConfigProblem[] = [];
  const problem = (flag: string, value: string | undefined, message: string, fix: string): void => {
    problems.push({ origin: { type: 'flag', flag }, value, message, fix });
  };

  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === '--') {
      positionals.push(...words.slice(index + 1));
      break;
    }
    // A lone `-` is standard input; `-1` is a value.
    if (!/^-[^\d]/.test(word)) {
      positionals.push(word);
      continue;
    }
    const equals = word.indexOf('=');
    const flag = equals < 0 ? word : word.slice(0, equals);
    const attached = equals < 0 ? undefined : word.slice(equals + 1);
    const next = words[index + 1];
    const nextIsValue = next !== undefined && !/^-[^\d]/.test(next);
    const spec = flag.startsWith('--') ? byName.get(flag.slice(2)) : undefined;
    if (spec === undefined) {
      problem(flag, undefined, 'there is no such flag', unknownFlagFix(flag, byName.keys()));
      // Its value, if that is one, would only make a second complaint.
      if (attached === undefined && nextIsValue) index++;
      continue;
    }
    let value = attached;
    if (value === undefined && spec.placeholder === '') value = 'true';
    if (value === undefined && nextIsValue) {
      value = next;
      index++;
    }
    if (value === undefined) problem(flag, undefined, 'it needs a value', `Write ${flag} ${spec.placeholder}.`);
    else if (values.has(spec.name)) problem(flag, value, 'it is given twice', 'Keep one of the two.');
    else values.set(spec.name, value);
  }
  return { values, positionals, problems };
}

function unknownFlagFix(flag: string, names: Iterable<string>): string {
  const meant = didYouMean(flag.replace(/^-+/, ''), names);
  return meant === undefined ? 'Leave it out; --help lists the flags of this command.' : `Did you mean --${meant}?`;
}
