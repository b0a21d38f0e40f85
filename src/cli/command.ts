import type { FlagSpec, ParsedFlags } from '../config/flags.ts';
import type { Environment } from '../config/variables.ts';
import type { CliIo } from './io.ts';

/** A flag with its line of help. */
export interface CommandFlag extends FlagSpec {
  readonly help: string;
}

/** One start of a command. */
export interface Invocation {
  /** Taken apart by the command's own flags; its problems are for the command to report. */
  readonly flags: ParsedFlags;
  readonly environment: Environment;
  /** The current folder. */
  readonly folder: string;
  readonly io: CliIo;
}

/** One `sluice` command: what its help says, and what it does. */
export interface Command {
  readonly name: string;
  /** Words after the name, for example `TYPE [JSON]`; empty for none. */
  readonly operands: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** A paragraph each. */
  readonly description: readonly string[];
  readonly flags: readonly CommandFlag[];
  /** Does it take the settings of the gateway too? */
  readonly settings: boolean;
  readonly examples: readonly string[];
  /** When it ends with which code. */
  readonly exitCodes: readonly (readonly [code: number, meaning: string])[];
  /** Resolves with the exit code. */
  run(invocation: Invocation): Promise<number>;
}
