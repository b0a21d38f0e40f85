import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartSvg } from '../../../tools/load/chart.ts';
import { resultLine, resultPage } from '../../../tools/load/report.ts';
import type { ScenarioResult } from '../../../tools/load/result.ts';

const RESULT: ScenarioResult = {
  scenario: 'fanout',
  profile: 'smoke',
  against: 'a <gateway>',
  startedAt: '2026-11-24T00:00:00.000Z',
  seconds: 10,
  machine: '2 × processor',
  problems: ['gaps is count 1, and must be count==0'],
  remarks: [],
  metrics: {
    events_received: { count: 1_200 },
    gaps: { count: 1, thresholds: { 'count==0': true } },
    'e2e_latency{delivery:BUFFERED,role:subscriber}': { med: 4.26, 'p(99)': 20, count: 600 },
    'e2e_latency{delivery:DURABLE,role:subscriber}': { med: 8, 'p(99)': 12, count: 600 },
    'e2e_latency{delivery:DURABLE,role:slow}': { med: 900, 'p(99)': 900, count: 600 },
  },
  series: [{ delivery: 'DURABLE', points: [{ second: 0, deliveries: 600, p50: 8, p99: 12 }] }],
  process: [{ second: 1, residentBytes: 2 ** 20, cores: 0.5 }],
};

test('the line of a run has the latency of its slowest delivery, without subscribers that are slow on purpose', () => {
  const line = resultLine(RESULT);
  assert.match(line, /FAILED/);
  assert.match(line, /1,200 delivered/);
  assert.match(line, /p50 8 ms, p99 20 ms/);
});

test('the page of a run has its plots and problems, loads nothing and escapes what it is given', () => {
  const page = resultPage(RESULT);
  assert.equal(page.split('<svg ').length - 1, 4);
  assert.match(page, /gaps is count 1/);
  assert.match(page, /a &lt;gateway&gt;/);
  assert.match(page, /count==0<\/td><td>✗ crossed/);
  assert.doesNotMatch(page, /(src|href)=|@import|url\(/);
});

test('a plot begins at 0, ends at a round number and has its points within its frame', () => {
  const svg = chartSvg({
    title: 'T',
    unit: 'ms',
    lines: [
      {
        name: 'a',
        colour: 0,
        points: [
          [0, 0],
          [10, 47],
        ],
      },
    ],
  });
  assert.match(svg, />60<\/text>/);
  const [first, last] = /points="([^"]+)"/.exec(svg)?.[1]?.split(' ') ?? [];
  assert.deepEqual([first, last], ['64.0,226.0', '530.0,75.6']);
});
