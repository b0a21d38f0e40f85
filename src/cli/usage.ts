import type { ParsedFlags } from '../config/flags.ts';
import type { Output } from './io.ts';
import { printable } from './paint.ts';
import { reportFlagProblems } from './report.ts';

/** Says what is wrong with a command line, and where help is. */
export function reportUsage(output: Output, command: string, message: string): void {
  output.write(`sluice ${command}: ${printable(message)}.\nsluice ${command} --help shows how to use it.\n`);
}

/** Reports the problems of a command line that is read for flags alone; true when there were none. */
export function flagsAreGood(output: Output, command: string, flags: ParsedFlags): boolean {
  if (flags.problems.length === 0) return true;
  reportFlagProblems(output, flags.problems);
  output.write(`sluice ${command} --help shows how to use it.\n`);
  return false;
}
