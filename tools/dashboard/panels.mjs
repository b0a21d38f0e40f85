// The panels of the dashboard, and what their queries give.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../setup.mjs';

export const DASHBOARDS = join(ROOT, 'helm', 'sluice', 'dashboards');

/**
 * @typedef {object} Panel
 * @property {string} title
 * @property {string} row the title of the row that it is in
 * @property {'timeseries' | 'stat'} type
 * @property {string} unit as Grafana names it
 * @property {{x: number, y: number, w: number, h: number}} gridPos
 * @property {{expr: string, legendFormat: string}[]} targets
 */

/** @returns {Panel[]} of a dashboard file, its rows left out */
export function readPanels(file) {
  const { panels } = JSON.parse(readFileSync(file, 'utf8'));
  let row = '';
  return panels.flatMap((panel) => {
    if (panel.type === 'row') {
      row = panel.title;
      return [];
    }
    const { title, type, gridPos, targets, fieldConfig } = panel;
    return [{ title, row, type, gridPos, targets, unit: fieldConfig.defaults.unit }];
  });
}

/** The query as Grafana sends it with all jobs and instances chosen. */
export function filledIn(expr, rateInterval) {
  return expr.replaceAll('$job', '.*').replaceAll('$instance', '.*').replaceAll('$__rate_interval', rateInterval);
}

/**
 * @param {string} prometheus its address
 * @param {{start: number, end: number, step: number}} range in seconds since 1970
 * @returns {Promise<{name: string, points: [number, number][]}[]>} the series that have a number at any time
 */
export async function queryPanel(prometheus, panel, range, rateInterval) {
  const series = [];
  for (const { expr, legendFormat } of panel.targets) {
    const parameters = new URLSearchParams({ query: filledIn(expr, rateInterval), ...range });
    const response = await fetch(`${prometheus}/api/v1/query_range?${parameters}`);
    const { data, error } = await response.json();
    if (error !== undefined) throw new Error(`${panel.title}: ${error}\n  ${expr}`);
    const found = data.result.map(({ metric, values }) => ({
      name: legendFormat.replaceAll(/{{(\w+)}}/g, (_, label) => metric[label] ?? '') || panel.title,
      points: values.map(([time, value]) => [time, Number(value)]).filter(([, value]) => Number.isFinite(value)),
    }));
    if (!found.some(({ points }) => points.length > 0)) {
      throw new Error(`"${panel.title}" has no data for\n  ${expr}`);
    }
    series.push(...found.filter(({ points }) => points.length > 0));
  }
  return series;
}
