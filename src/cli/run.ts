import { parseFlags } from '../config/flags.ts';
import type { Environment } from '../config/variables.ts';
import { didYouMean } from '../text/did-you-mean.ts';
import { VERSION } from '../version.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';
import { EXIT_CODES } from './exit-code.ts';
import { commandHelp, flagsOf, programHelp } from './help.ts';
import type { CliIo } from './io.ts';
import { printable } from './paint.ts';
import { runWorkerCommand, WORKER_WORD } from './worker.ts';

export interface RunOptions {
  /** The words after the program's name. */
  readonly words: readonly string[];
  readonly environment: Environment;
  /** The current folder. */
  readonly folder: string;
  readonly io: CliIo;
}

/** Runs `sluice`; resolves with the exit code. */
export async function run({ words, environment, folder, io }: RunOptions): Promise<number> {
  const [first, ...rest] = words;
  if (first === undefined) {
    io.stderr.write(programHelp(COMMANDS, io.stderr.columns));
    return EXIT_CODES.usage;
  }
  if (first === '--version') {
    io.stdout.write(`${VERSION}\n`);
    return EXIT_CODES.ok;
  }
  if (first === '--help' || first === '-h' || first === 'help') return help(rest[0], io);
  if (first === WORKER_WORD) return await runWorkerCommand(io);
  const command = find(first, io);
  if (command === undefined) return EXIT_CODES.usage;
  const flags = parseFlags(
    rest.map((word) => (word === '-h' ? '--help' : word)),
    flagsOf(command),
  );
  if (flags.values.has('help')) return help(command.name, io);
  return command.run({ flags, environment, folder, io });
}

function help(name: string | undefined, io: CliIo): number {
  if (name === undefined) {
    io.stdout.write(programHelp(COMMANDS, io.stdout.columns));
    return EXIT_CODES.ok;
  }
  const command = find(name, io);
  if (command === undefined) return EXIT_CODES.usage;
  io.stdout.write(commandHelp(command, io.stdout.columns));
  return EXIT_CODES.ok;
}

function find(name: string, io: CliIo): Command | undefined {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const meant = didYouMean(
    name,
    COMMANDS.map((candidate) => candidate.name),
  );
  const fix = meant === undefined ? 'sluice --help lists the commands.' : `Did you mean sluice ${meant}?`;
  io.stderr.write(`sluice: there is no command ${printable(name)}. ${fix}\n`);
  return undefined;
}
