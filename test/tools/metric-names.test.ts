import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { readPanels } from '../../tools/dashboard/panels.mjs';
import { realServers } from '../support/real-servers.ts';
import { type ServedWorkers, serveWorkers } from '../workers/served-workers.ts';

const CHART = fileURLToPath(new URL('../../helm/sluice', import.meta.url));
const OPERATIONS = fileURLToPath(new URL('../../docs/operations.md', import.meta.url));

interface Alerts {
  readonly groups: readonly { readonly rules: readonly Alert[] }[];
}

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly runbook: string };
}

const alerts: Alerts = parse(readFileSync(join(CHART, 'rules/alerts.yaml'), 'utf8'));
const rules = alerts.groups.flatMap((group) => group.rules);
const panels = readPanels(join(CHART, 'dashboards/sluice.json'));
const queries = [...rules.map(({ expr }) => expr), ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))];
/** Metrics that Prometheus makes itself. */
const OF_PROMETHEUS = new Set(['up']);

/** The names of metrics in a query: words before a selector, a range or a comparison that are no functions. */
function metricNames(query: string): readonly string[] {
  const bare = query.replaceAll(/"[^"]*"/g, '').replaceAll(/\b(by|without) ?\([^)]*\)/g, '');
  return [...bare.matchAll(/\b[a-z][a-z_]*\b(?=\{|\[| [<>=*/-])/g)].map(([name]) => name);
}

describe('names of metrics in the alerts and the dashboard', () => {
  let folder: string;
  let served: ServedWorkers;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-metric-names-'));
    const { redisUrl } = realServers();
    const schema = join(CHART, '../../test/tools/ephemeral.graphql');
    served = await serveWorkers(folder, 2, ['--redis-url', redisUrl, '--schema', schema]);
  });
  after(async () => {
    served.process.kill('SIGTERM');
    await served.exit;
    rmSync(folder, { recursive: true, force: true });
  });

  test('every one of them is in a scrape of two workers', async () => {
    const { body } = await served.admin('/metrics');
    const scraped = new Set(
      [...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) => seriesOf(name, type)),
    );
    const names = new Set(queries.flatMap(metricNames));
    assert.ok(names.size > 20, 'names are found in the queries');
    const missing = [...names].filter((name) => !scraped.has(name) && !OF_PROMETHEUS.has(name));
    assert.deepEqual(missing, []);
  });

  test('a counter whose rise is alerted on has its series from the start: Prometheus sees no rise from nothing', async () => {
    const { body } = await served.admin('/metrics');
    const rising = rules.flatMap(({ expr }) =>
      [...expr.matchAll(/(?:increase|rate)\((\w+_total)/g)].map(([, name]) => name),
    );
    assert.ok(rising.length > 5);
    for (const name of new Set(rising)) {
      const series = body.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
      assert.ok(series.length > 0, `${name} has no series`);
    }
  });
});

test('every alert names the part of docs/operations.md that says what to do', () => {
  const anchors = [...readFileSync(OPERATIONS, 'utf8').matchAll(/^#+ (.+)$/gm)].map(
    ([, heading = '']) => `docs/operations.md#${heading.toLowerCase().replaceAll(' ', '-')}`,
  );
  const without = rules.filter(({ annotations }) => !anchors.includes(annotations.runbook));
  assert.deepEqual(
    without.map(({ alert }) => alert),
    [],
  );
});

test('names are found in a query', () => {
  const query =
    'sum by (topic) (rate(sluice_a_total{reason=~"b_c"}[5m])) / sum(rate(sluice_d_total[5m])) > 0 and up{job="x"} == 0 or sluice_e > 1';
  assert.deepEqual(metricNames(query), ['sluice_a_total', 'sluice_d_total', 'up', 'sluice_e']);
});

function seriesOf(name: string, type: string | undefined): readonly string[] {
  return type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}
