import { type Chart, chartSvg, escapeText } from './chart.ts';
import type { ScenarioResult } from './result.ts';
import { countOf, type MetricSummary, type Metrics } from './verdict.ts';

/** The counters that are worth a line of their own, and what they say. */
const COUNTERS: readonly (readonly [name: string, meaning: string])[] = [
  ['events_published', 'events published and acknowledged'],
  ['events_expected', 'deliveries expected'],
  ['events_received', 'deliveries received'],
  ['events_flagged', 'lost on EPHEMERAL, and told so'],
  ['gaps', 'missing, and nobody told'],
  ['duplicates', 'doubled'],
  ['reorders', 'out of order'],
  ['errors', 'errors'],
  ['dropped_iterations', 'publishes left out'],
];

const TREND_STATISTICS = ['p(10)', 'med', 'p(90)', 'p(99)', 'max', 'count'] as const;
const TRENDS = ['e2e_latency', 'connect_time', 'ack_time', 'resume_time', 'replay_time', 'publish_time'];
const PROBLEMS_SHOWN = 12;

/** One line for a table of several scenarios. */
export function resultLine({ scenario, seconds, problems, metrics }: ScenarioResult): string {
  const cells = [
    scenario.padEnd(16),
    problems.length === 0 ? 'passed' : 'FAILED',
    `${seconds.toFixed(1)} s`.padStart(8),
    `${count(countOf(metrics, 'events_published'))} published`.padStart(19),
    `${count(countOf(metrics, 'events_received'))} delivered`.padStart(19),
    `  p50 ${slowest(metrics, 'med')}, p99 ${slowest(metrics, 'p(99)')}`,
  ];
  return cells.join(' ');
}

/** What is to be read on the terminal. */
export function resultText(result: ScenarioResult): string {
  const { metrics, problems, remarks } = result;
  const lines = [resultLine(result)];
  for (const [name, values] of trendsOf(result)) {
    lines.push(
      `  ${name}: ${TREND_STATISTICS.map((statistic) => `${statistic} ${value(values, statistic)}`).join(', ')}`,
    );
  }
  for (const [name, meaning] of COUNTERS) {
    if (metrics[name] !== undefined) lines.push(`  ${meaning}: ${count(countOf(metrics, name))}`);
  }
  for (const problem of problems) lines.push(`  ✗ ${problem}`);
  for (const remark of remarks.slice(0, PROBLEMS_SHOWN)) lines.push(`  · ${remark}`);
  if (remarks.length > PROBLEMS_SHOWN) lines.push(`  · and ${remarks.length - PROBLEMS_SHOWN} more`);
  return lines.join('\n');
}

/** The plots of a run; none for what the scenario did not measure. */
export function chartsOf({ series, process }: ScenarioResult): readonly Chart[] {
  const charts: Chart[] = [];
  if (series.length > 0) {
    charts.push({
      title: 'Latency from the intended time',
      unit: 'ms',
      lines: series.flatMap(({ delivery, points }, colour) => [
        { name: `${delivery} p50`, colour, points: points.map(({ second, p50 }) => [second, p50] as const) },
        {
          name: `${delivery} p99`,
          colour,
          dashed: true,
          points: points.map(({ second, p99 }) => [second, p99] as const),
        },
      ]),
    });
    charts.push({
      title: 'Deliveries',
      unit: 'per second',
      lines: series.map(({ delivery, points }, colour) => ({
        name: delivery,
        colour,
        points: points.map(({ second, deliveries }) => [second, deliveries] as const),
      })),
    });
  }
  if (process.length > 0) {
    charts.push(
      {
        title: "The gateway's memory",
        unit: 'MiB resident',
        lines: [
          {
            name: 'memory',
            colour: 0,
            points: process.map(({ second, residentBytes }) => [second, residentBytes / 2 ** 20]),
          },
        ],
      },
      {
        title: "The gateway's processor time",
        unit: 'cores',
        lines: [{ name: 'processor', colour: 1, points: process.map(({ second, cores }) => [second, cores]) }],
      },
    );
  }
  return charts;
}

/** A page of its own: nothing is loaded from elsewhere. */
export function resultPage(result: ScenarioResult): string {
  const { scenario, profile, against, startedAt, seconds, machine, metrics, problems, remarks } = result;
  const title = `${scenario}, profile ${profile}: ${problems.length === 0 ? 'passed' : 'failed'}`;
  const counters = COUNTERS.filter(([name]) => metrics[name] !== undefined).map(
    ([name, meaning]) => `<tr><td>${meaning}</td><td>${count(countOf(metrics, name))}</td></tr>`,
  );
  const trends = trendsOf(result).map(
    ([name, values]) =>
      `<tr><td>${escapeText(name)}</td>${TREND_STATISTICS.map((statistic) => `<td>${value(values, statistic)}</td>`).join('')}</tr>`,
  );
  const thresholds = Object.entries(metrics).flatMap(([name, { thresholds: conditions = {} }]) =>
    Object.entries(conditions).map(
      ([condition, crossed]) =>
        `<tr><td>${escapeText(name)}</td><td>${escapeText(condition)}</td><td>${crossed ? '✗ crossed' : '✓'}</td></tr>`,
    ),
  );
  return [
    '<!doctype html>',
    `<html lang="en"><meta charset="utf-8"><title>${escapeText(title)}</title>`,
    '<style>body{font:15px/1.5 system-ui,sans-serif;max-width:760px;margin:2em auto;padding:0 1em;color:#27272a;background:#fff}',
    'table{border-collapse:collapse;margin:1em 0}td,th{padding:.2em .8em;border-bottom:1px solid #e4e4e7;text-align:right}',
    'td:first-child,th:first-child{text-align:left}svg{max-width:100%;height:auto}.bad{color:#b91c1c}</style>',
    `<h1>${escapeText(title)}</h1>`,
    `<p>${escapeText(startedAt)}, ${seconds.toFixed(1)} s, against ${escapeText(against)}; ${escapeText(machine)}</p>`,
    ...list('bad', problems),
    ...list('', remarks.slice(0, 100)),
    ...chartsOf(result).map(chartSvg),
    '<h2>Counts</h2><table>',
    ...counters,
    '</table><h2>Times in milliseconds</h2><table>',
    `<tr><th></th>${TREND_STATISTICS.map((statistic) => `<th>${statistic}</th>`).join('')}</tr>`,
    ...trends,
    '</table><h2>Thresholds</h2><table>',
    ...thresholds,
    '</table></html>',
    '',
  ].join('\n');
}

/** A table of several runs, in Markdown. */
export function resultsTable(results: readonly ScenarioResult[]): string {
  const rows = results.map(({ scenario, metrics, problems }) => {
    const published = count(countOf(metrics, 'events_published'));
    const received = count(countOf(metrics, 'events_received'));
    const faults = countOf(metrics, 'gaps') + countOf(metrics, 'duplicates') + countOf(metrics, 'reorders');
    const times = ['med', 'p(99)'].map((statistic) => slowest(metrics, statistic));
    const outcome = problems.length === 0 ? 'passed' : problems.join('; ');
    return `| ${[scenario, published, received, String(faults), ...times, outcome].join(' | ')} |`;
  });
  return [
    '| scenario | events | deliveries | missing, doubled, out of order | p50 | p99 | |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function list(name: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  return [`<ul class="${name}">`, ...lines.map((line) => `<li>${escapeText(line)}</li>`), '</ul>'];
}

/** The trends that were filled, those of a tag included. */
function trendsOf({ metrics }: ScenarioResult): readonly (readonly [string, MetricSummary])[] {
  return Object.entries(metrics)
    .filter(([name, values]) => TRENDS.includes(name.replace(/\{.*/, '')) && Number(values['count']) > 0)
    .sort(([a], [b]) => a.localeCompare(b));
}

/** Of the delivery for which it is the longest. Subscribers that are slow on purpose are left out. */
function slowest(metrics: Metrics, statistic: string): string {
  const found = Object.entries(metrics)
    .filter(([name, values]) => /^e2e_latency\{.*role:subscriber/.test(name) && Number(values['count']) > 0)
    .map(([, values]) => values)
    .sort((a, b) => Number(b[statistic]) - Number(a[statistic]));
  return milliseconds(found[0] ?? {}, statistic);
}

function value(values: MetricSummary, statistic: string): string {
  return statistic === 'count' ? count(Number(values['count'])) : milliseconds(values, statistic);
}

function milliseconds(values: MetricSummary, statistic: string): string {
  const found = values[statistic];
  if (typeof found !== 'number' || values['count'] === 0) return '–';
  return `${found < 10 ? Math.round(found * 10) / 10 : Math.round(found)} ms`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}
