import type { ConfigProblem } from '../config/config-problem.ts';
import { originText } from '../config/origin.ts';
import type { SchemaProblem } from '../schema/schema-error.ts';
import type { Output } from './io.ts';
import { paint, printable } from './paint.ts';

/** Prints every problem of the configuration and their number. */
export function reportConfigProblems(output: Output, problems: readonly ConfigProblem[]): void {
  reportFlagProblems(output, problems);
  output.write(`\n${count(output, problems.length, 'in the configuration')}\n`);
}

/** Prints problems without their number. */
export function reportFlagProblems(output: Output, problems: readonly ConfigProblem[]): void {
  for (const { origin, value, message, fix } of problems) {
    const assignment = origin.type === 'variable' ? '=' : origin.type === 'flag' ? ' ' : ': ';
    const written = originText(origin) + (value === undefined ? '' : assignment + value);
    output.write(`${paint(output, 'bold', printable(written))}\n  ${printable(`${message}. ${fix}`)}\n`);
  }
}

/** Prints every problem that keeps the gateway from starting; each says what to do. */
export function reportStartProblems(output: Output, problems: readonly string[]): void {
  for (const problem of problems) output.write(`${printable(problem)}\n`);
  output.write(`\n${count(output, problems.length, 'at the start')}\n`);
}

/** Prints every problem of a schema file with its line and a caret below the offending text. `source` is the file's text. */
export function reportSchemaProblems(output: Output, problems: readonly SchemaProblem[], source: string): void {
  const lines = source.split(/\r\n|\n|\r/);
  for (const problem of problems) {
    const place = `${problem.file}:${problem.line}:${problem.column}`;
    output.write(`${paint(output, 'bold', printable(place))}  ${paint(output, 'red', printable(problem.message))}\n`);
    output.write(excerpt(output, problem, lines[problem.line - 1] ?? problem.text));
    output.write(`  ${printable(problem.fix)}\n\n`);
  }
  output.write(`${count(output, problems.length, 'in the schema')}\n`);
}

function excerpt(output: Output, { line, column, text }: SchemaProblem, source: string): string {
  const number = String(line);
  const bar = (label: string): string => paint(output, 'dim', `${label.padStart(number.length + 2)} | `);
  // Tabs stay tabs, so that the caret stands below its text whatever their width.
  const before = source.slice(0, column - 1).replaceAll(/[^\t]/g, ' ');
  const length = source.startsWith(text, column - 1) ? Math.max(1, text.length) : 1;
  const shown = source
    .split('\t')
    .map((part) => printable(part))
    .join('\t');
  return `${bar(number)}${shown}\n${bar('')}${before}${paint(output, 'red', '^'.repeat(length))}\n`;
}

function count(output: Output, problems: number, where: string): string {
  return paint(output, 'red', `${problems} problem${problems === 1 ? '' : 's'} ${where}`);
}
