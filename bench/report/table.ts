import { cell, goalText, inDigits } from './numbers.ts';
import { isMet, type Row, ratioOf } from './row.ts';

const HEAD = ['', 'unit', 'goal', 'Sluice', 'graphql-ws', 'ratio', 'goal met', 'note'] as const;

function cells(row: Row): readonly string[] {
  const ratio = ratioOf(row);
  const met = isMet(row);
  return [
    row.measure,
    row.unit,
    goalText(row),
    cell(row.sluice),
    cell(row.peer),
    ratio === undefined ? '' : `${inDigits(ratio)} ×`,
    met === undefined ? '' : met ? 'yes' : 'no',
    row.note ?? '',
  ];
}

/** For the terminal: columns in line. */
export function plainTable(rows: readonly Row[]): string {
  const lines = [HEAD, ...rows.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** For README.md. */
export function headlineTable(rows: readonly Row[]): string {
  const heads = ['', 'Sluice', 'graphql-ws', 'ratio'];
  const shown = rows.map((row) => {
    const ratio = ratioOf(row);
    const withUnit = (text: string): string => (text === '–' || row.unit === '/s' ? text : `${text} ${row.unit}`);
    return [
      row.measure,
      withUnit(cell(row.sluice)),
      withUnit(cell(row.peer)),
      ratio === undefined ? '' : `${inDigits(ratio)} ×`,
    ];
  });
  return markdown(heads, shown);
}

/** For docs/performance.md. */
export function markdownTable(rows: readonly Row[]): string {
  return markdown(HEAD, rows.map(cells));
}

function markdown(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (texts: readonly string[]): string => `| ${texts.join(' | ')} |`;
  return [line(heads), `|${'---|'.repeat(heads.length)}`, ...rows.map(line)].join('\n');
}
