import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DASHBOARDS, filledIn, type Panel, readPanels } from '../../tools/dashboard/panels.mjs';
import { dashboardPicture, shortened } from '../../tools/dashboard/picture.mjs';

const all = readdirSync(DASHBOARDS).flatMap((file) => readPanels(join(DASHBOARDS, file)));

test('every query chooses by job and instance, so that one dashboard serves several Sluices', () => {
  const queries = all.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  assert.ok(queries.length > 30);
  for (const query of queries) {
    const selectors = query.match(/\{[^}]*\}/g) ?? [];
    assert.ok(selectors.length > 0, query);
    for (const selector of selectors) assert.match(selector, /job=~"\$job",instance=~"\$instance"/);
  }
});

test('no variable of Grafana is left in a query that Prometheus is asked', () => {
  for (const { targets } of all) {
    for (const { expr } of targets) assert.doesNotMatch(filledIn(expr, '5s'), /\$/);
  }
});

test('panels do not lie on each other', () => {
  const places = new Set<string>();
  for (const { title, gridPos } of all) {
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        assert.ok(!places.has(`${x} ${y}`), title);
        places.add(`${x} ${y}`);
      }
    }
  }
});

test('a picture has a line for each series, and its texts are escaped', () => {
  const panel: Panel = {
    title: 'a < b & c',
    row: 'Row',
    type: 'timeseries',
    unit: 's',
    gridPos: { x: 0, y: 1, w: 8, h: 8 },
    targets: [],
  };
  const points = [
    [0, 0],
    [10, 0.5],
  ] as const;
  const series = [
    { name: 'one', points },
    { name: 'two', points },
  ];
  const svg = dashboardPicture('Title', [{ panel, series }], { start: 0, end: 10 });
  assert.equal(svg.match(/fill="none"/g)?.length, 2);
  assert.match(svg, /a &lt; b &amp; c/);
  assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
});

test('numbers are shortened by their unit', () => {
  assert.deepEqual(
    [
      shortened(0.0123, 's'),
      shortened(1_536, 'bytes'),
      shortened(34_100, 'short'),
      shortened(0, 's'),
      shortened(2e6, 'Bps'),
    ],
    ['12.3 ms', '1.5 KiB', '34.1 k', '0', '2 MB/s'],
  );
});
