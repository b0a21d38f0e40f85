import type { ConnectionDebug, DebugReport, StreamDebug, TopicDebug } from './debug-report.ts';

interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number;
}

/** What a page of this kind may do: show itself. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const READING: readonly Column<TopicDebug | StreamDebug>[] = [
  { title: 'subscribers', value: ({ subscribers }) => subscribers },
  { title: 'groups', value: ({ groups }) => groups },
  { title: 'projections', value: ({ projections }) => projections },
  { title: 'reading for themselves', value: ({ readers }) => readers },
  { title: 'recent events held', value: ({ ring }) => ring.events },
  { title: 'their bytes', value: ({ ring }) => ring.bytes },
];

/** `/debug/topics` as a page. Pure. */
export function topicsPage({ topics, streams, ratesOverSeconds }: DebugReport): string {
  return page('Topics', [
    `<p>Events a second over the last ${ratesOverSeconds} s; records a second of a stream in the mean since it was opened.</p>`,
    table<TopicDebug>(topics, [
      { title: 'topic', value: ({ topic }) => topic },
      { title: 'delivery', value: ({ delivery }) => delivery },
      { title: 'streams', value: (topic) => topic.streams },
      { title: 'events/s', value: ({ eventsPerSecond }) => eventsPerSecond },
      ...READING,
    ]),
    `<h2>Streams, hottest first</h2>`,
    table<StreamDebug>(streams, [
      { title: 'stream', value: ({ stream }) => stream },
      { title: 'worker', value: ({ worker }) => worker ?? '' },
      { title: 'records/s', value: ({ recordsPerSecond }) => recordsPerSecond },
      ...READING,
    ]),
  ]);
}

/** `/debug/connections` as a page. Pure. */
export function connectionsPage({ connections: { total, slowest } }: DebugReport): string {
  return page('Connections', [
    `<p>${total} open. The ${slowest.length} slowest: most waiting bytes first, then the oldest.</p>`,
    table<ConnectionDebug>(slowest, [
      { title: 'id', value: ({ id }) => id ?? '' },
      { title: 'worker', value: ({ worker }) => worker ?? '' },
      { title: 'transport', value: ({ transport }) => transport },
      { title: 'address', value: ({ address }) => address ?? '' },
      { title: 'age in s', value: ({ ageSeconds }) => ageSeconds },
      { title: 'subscriptions', value: ({ subscriptions }) => subscriptions },
      { title: 'bytes waiting', value: ({ waitingBytes }) => waitingBytes },
    ]),
  ]);
}

function page(title: string, parts: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Sluice: ${title}</title>
<style>body { font: 14px sans-serif; } td, th { padding: 2px 10px; text-align: left; } tr:nth-child(even) { background: #eee; }</style>
</head>
<body>
<h1>${title}</h1>
${parts.join('\n')}
</body>
</html>
`;
}

function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const line = (cells: readonly (string | number)[], tag: 'td' | 'th'): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeText(String(cell))}</${tag}>`).join('')}</tr>`;
  const head = line(
    columns.map(({ title }) => title),
    'th',
  );
  const body = rows.map((row) =>
    line(
      columns.map(({ value }) => value(row)),
      'td',
    ),
  );
  return `<table>\n${[head, ...body].join('\n')}\n</table>`;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
