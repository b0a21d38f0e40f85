import { type FuzzReport, HEAP_GROWTH_BOUND } from './run-fuzz.ts';
import type { Memory } from './server-messages.ts';

/** A fuzz run in words. */
export function reportLines({ messages, sessions, seconds, problems, counts, warm, after }: FuzzReport): string[] {
  const lines = [
    `${messages} messages in ${sessions} connections, ${seconds.toFixed(0)} s, ${problems.length} problems`,
    ...[...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => `${name.padEnd(40)} ${count}`),
  ];
  if (warm !== undefined) lines.push(`after half of the messages: ${memoryText(warm)}`);
  if (after !== undefined) lines.push(`at the end, everyone gone: ${memoryText(after)}`);
  lines.push(`the heap may grow by ${mebibytes(HEAP_GROWTH_BOUND)} between the two`);
  return [...lines, ...problems];
}

function memoryText({ heapUsed, external, rss, tails }: Memory): string {
  return `heap ${mebibytes(heapUsed)}, external ${mebibytes(external)}, resident ${mebibytes(rss)}, ${tails} tails`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}
