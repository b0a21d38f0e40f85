import { CONFIG_FLAGS } from '../config/load-config.ts';
import type { Command, CommandFlag } from './command.ts';
import { wrap } from './wrap.ts';

const INDENT = '  ';

/** Widest and narrowest text of help. */
const WIDTH = { most: 100, least: 50 } as const;

/** Flags that every command has. */
export const COMMON_FLAGS: readonly CommandFlag[] = [{ name: 'help', placeholder: '', help: 'Show this help.' }];

/** All flags that a command takes. */
export function flagsOf(command: Command): readonly CommandFlag[] {
  return [...command.flags, ...(command.settings ? CONFIG_FLAGS : []), ...COMMON_FLAGS];
}

/** `sluice --help`. */
export function programHelp(commands: readonly Command[], columns: number): string {
  const width = textWidth(columns);
  const rows = commands.map((command) => [command.name, command.summary] as const);
  return joined([
    ['One GraphQL protocol over Redis Pub/Sub, Redis Streams and Apache Kafka.'],
    section('Usage', ['sluice COMMAND [FLAGS]']),
    section('Commands', columnsOf(rows, width)),
    section(
      'Start',
      columnsOf(
        [
          ['npm start', 'serve the bundled example on brokers inside the process'],
          ['sluice serve --schema my.graphql', 'serve your own schema'],
          ['sluice COMMAND --help', 'flags, examples and exit codes of a command'],
          ['sluice --version', 'the version'],
        ],
        width,
      ),
    ),
    section(
      'Exit codes',
      columnsOf(
        [
          ['0', 'done'],
          ['1', 'failed'],
          ['2', 'wrong usage: flags or configuration'],
          ['70', 'a bug in Sluice'],
        ],
        width,
      ),
    ),
  ]);
}

/** `sluice COMMAND --help`. */
export function commandHelp(command: Command, columns: number): string {
  const width = textWidth(columns);
  const usage = ['sluice', command.name, command.operands, '[FLAGS]'].filter((word) => word !== '').join(' ');
  const settings = command.settings
    ? section('Settings', [
        ...wrap(
          'As flags, as SLUICE_* variables or in sluice.yaml; the first of these wins. Defaults in brackets.',
          width,
        ).map((line) => line),
        '',
        ...flagLines(CONFIG_FLAGS, width),
      ])
    : [];
  return joined([
    wrap(command.summary, width + INDENT.length),
    section('Usage', [usage]),
    ...command.description.map((paragraph) => wrap(paragraph, width + INDENT.length)),
    section('Flags', flagLines([...command.flags, ...COMMON_FLAGS], width)),
    settings,
    section('Examples', command.examples),
    section(
      'Exit codes',
      columnsOf(
        command.exitCodes.map(([code, meaning]) => [String(code), meaning]),
        width,
      ),
    ),
  ]);
}

function textWidth(columns: number): number {
  return Math.max(WIDTH.least, Math.min(WIDTH.most, columns)) - INDENT.length;
}

function flagLines(flags: readonly CommandFlag[], width: number): readonly string[] {
  return columnsOf(
    flags.map(({ name, placeholder, help }) => [placeholder === '' ? `--${name}` : `--${name} ${placeholder}`, help]),
    width,
  );
}

/** Two columns; the second is wrapped and starts two spaces after the widest word of the first. */
function columnsOf(rows: readonly (readonly [string, string])[], width: number): readonly string[] {
  const left = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.flatMap(([name, text]) =>
    wrap(text, Math.max(20, width - left)).map((line, index) => (index === 0 ? name : '').padEnd(left) + line),
  );
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return [`${title}:`, ...lines.map((line) => (line === '' ? '' : INDENT + line))];
}

/** Blocks with an empty line between them. */
function joined(blocks: readonly (readonly string[])[]): string {
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}
