// Draws a dashboard as SVG from what its queries gave: the same grid, titles, units and colours as in Grafana, near enough.

const COLUMN = 50;
const UNIT = 30;
const GAP = 6;
const COLOURS = ['#73bf69', '#f2cc0c', '#5794f2', '#ff9830', '#f2495c', '#b877d9', '#8ab8ff', '#ffb357'];
const SWATCH_WIDTH = 20;
const LETTER_WIDTH = 6.4;
/** Of "and 12 more". */
const MORE_WIDTH = 70;

/**
 * @param {string} title
 * @param {{panel: import('./panels.mjs').Panel, series: {name: string, points: [number, number][]}[]}[]} drawn
 * @param {{start: number, end: number}} range
 * @returns {string} SVG
 */
export function dashboardPicture(title, drawn, range) {
  const width = 24 * COLUMN;
  const bottom = Math.max(...drawn.map(({ panel }) => panel.gridPos.y + panel.gridPos.h));
  const top = 40;
  const height = top + bottom * UNIT + GAP;
  const rows = new Map();
  for (const { panel } of drawn) rows.set(panel.row, Math.min(rows.get(panel.row) ?? Infinity, panel.gridPos.y));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="11" fill="#ccccdc">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#111217"/>`,
    text(12, 26, title, 'font-size="18"'),
    ...[...rows].map(([row, y]) => text(10, top + y * UNIT - 9, row, 'font-size="13" font-weight="600"')),
    ...drawn.map((entry) => panelPicture(entry, top, range)),
    '</svg>\n',
  ].join('\n');
}

function panelPicture({ panel, series }, top, range) {
  const { x, y, w, h } = panel.gridPos;
  const box = {
    x: x * COLUMN + GAP / 2,
    y: top + y * UNIT + GAP / 2,
    width: w * COLUMN - GAP,
    height: h * UNIT - GAP,
  };
  const inside = panel.type === 'stat' ? statPicture(panel, series, box) : chartPicture(panel, series, box, range);
  return [
    `<g><rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="3" fill="#181b1f" stroke="#2c2f35"/>`,
    text(box.x + 10, box.y + 18, panel.title, 'font-weight="600"'),
    ...inside,
    '</g>',
  ].join('\n');
}

function statPicture(panel, series, box) {
  const shown = series.map(({ name, points }) => {
    const value = shortened(points.at(-1)[1], panel.unit);
    return name === panel.title ? value : `${value} × ${name}`;
  });
  const size = shown.length === 1 && shown[0].length < 8 ? 34 : 20;
  return [text(box.x + 14, box.y + box.height - 28, shown.join(', '), `font-size="${size}" fill="${COLOURS[0]}"`)];
}

function chartPicture(panel, series, box, range) {
  const area = { left: box.x + 64, right: box.x + box.width - 10, top: box.y + 30, bottom: box.y + box.height - 40 };
  const most = Math.max(...series.flatMap(({ points }) => points.map(([, value]) => value)));
  const ceiling = most > 0 ? most * 1.1 : 1;
  const xOf = (time) => area.left + ((time - range.start) / (range.end - range.start)) * (area.right - area.left);
  const yOf = (value) => area.bottom - (value / ceiling) * (area.bottom - area.top);
  const grid = [0, 0.5, 1].map((share) => {
    const y = yOf(ceiling * share).toFixed(1);
    const label = text(
      area.left - 6,
      Number(y) + 4,
      shortened(ceiling * share, panel.unit),
      'text-anchor="end" fill="#8e8e99"',
    );
    return `<path d="M${area.left} ${y}H${area.right}" stroke="#2c2f35"/>${label}`;
  });
  const lines = series.map(({ points }, index) => {
    const path = points.map(([time, value]) => `${xOf(time).toFixed(1)} ${yOf(value).toFixed(1)}`).join('L');
    return `<path d="M${path}" fill="none" stroke="${COLOURS[index % COLOURS.length]}" stroke-width="1.5"/>`;
  });
  return [...grid, ...lines, ...legend(series, box)];
}

/** As many names as fit, and how many are left. */
function legend(series, box) {
  const y = box.y + box.height - 14;
  const right = box.x + box.width - 12;
  let x = box.x + 12;
  const entries = [];
  for (const [index, { name }] of series.entries()) {
    const left = series.length - index;
    const reserved = left > 1 ? MORE_WIDTH : 0;
    const width = SWATCH_WIDTH + name.length * LETTER_WIDTH;
    if (x + width + reserved > right) {
      entries.push(text(x, y, `and ${left} more`, ''));
      break;
    }
    const colour = COLOURS[index % COLOURS.length];
    entries.push(
      `<rect x="${x.toFixed(1)}" y="${y - 5}" width="8" height="3" fill="${colour}"/>${text(x + 11, y, name, '')}`,
    );
    x += width;
  }
  return entries;
}

/** A number as people read it: 1.2 ms, 3.4 MB, 5.6 k. */
export function shortened(value, unit) {
  if (value === 0) return '0';
  switch (unit) {
    case 's':
      return scaled(value, [
        [1, ' s'],
        [1e-3, ' ms'],
        [1e-6, ' µs'],
      ]);
    case 'bytes':
      return scaled(value, [
        [2 ** 30, ' GiB'],
        [2 ** 20, ' MiB'],
        [2 ** 10, ' KiB'],
        [1, ' B'],
      ]);
    case 'Bps':
      return scaled(value, [
        [1e6, ' MB/s'],
        [1e3, ' kB/s'],
        [1, ' B/s'],
      ]);
    default:
      return scaled(value, [
        [1e6, ' M'],
        [1e3, ' k'],
        [1, ''],
      ]);
  }
}

function scaled(value, scales) {
  const [size, suffix] = scales.find(([least]) => Math.abs(value) >= least) ?? scales.at(-1);
  const number = value / size;
  const digits = Math.abs(number) >= 100 ? 0 : Math.abs(number) >= 10 ? 1 : 2;
  return `${Number(number.toFixed(digits))}${suffix}`;
}

function text(x, y, content, attributes) {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escaped(content)}</text>`;
}

function escaped(content) {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
