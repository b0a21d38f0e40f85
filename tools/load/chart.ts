export interface ChartLine {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** A thinner, broken line: what is less important. */
  readonly dashed?: boolean;
  /** Lines of one colour belong together; counts from 0. */
  readonly colour: number;
}

export interface Chart {
  readonly title: string;
  /** Of the vertical axis. */
  readonly unit: string;
  readonly lines: readonly ChartLine[];
}

const WIDTH = 720;
const HEIGHT = 260;
const LEFT = 64;
const RIGHT = 190;
const TOP = 34;
const BOTTOM = 34;
const COLOURS = ['#2563eb', '#c2410c', '#15803d', '#7e22ce', '#b91c1c'];
const TICKS = 4;

/** A line chart as an SVG element that needs nothing else. The horizontal axis is seconds; the vertical one begins at 0. */
export function chartSvg({ title, unit, lines }: Chart): string {
  const all = lines.flatMap(({ points }) => points);
  const maxX = Math.max(1, ...all.map(([x]) => x));
  const maxY = roundUp(Math.max(1, ...all.map(([, y]) => y)));
  const right = WIDTH - RIGHT;
  const bottom = HEIGHT - BOTTOM;
  const x = (value: number): string => (LEFT + (value / maxX) * (right - LEFT)).toFixed(1);
  const y = (value: number): string => (bottom - (value / maxY) * (bottom - TOP)).toFixed(1);
  const steps = Array.from({ length: TICKS + 1 }, (_, index) => index / TICKS);
  const grid = steps.flatMap((step) => [
    `<line x1="${LEFT}" x2="${right}" y1="${y(step * maxY)}" y2="${y(step * maxY)}" stroke="#d4d4d8"/>`,
    `<text x="${LEFT - 8}" y="${y(step * maxY)}" dy="4" text-anchor="end">${number(step * maxY)}</text>`,
    `<text x="${x(step * maxX)}" y="${bottom + 18}" text-anchor="middle">${number(step * maxX)} s</text>`,
  ]);
  const drawn = lines.flatMap(({ name, points, dashed = false, colour }, index) => {
    const stroke = `stroke="${COLOURS[colour % COLOURS.length]}" stroke-width="${dashed ? 1.2 : 2}"${dashed ? ' stroke-dasharray="5 3"' : ''}`;
    const path = points.map(([px, py]) => `${x(px)},${y(py)}`).join(' ');
    const legend = TOP + 12 + index * 20;
    return [
      `<polyline fill="none" ${stroke} points="${path}"/>`,
      `<line x1="${right + 16}" x2="${right + 44}" y1="${legend}" y2="${legend}" ${stroke}/>`,
      `<text x="${right + 52}" y="${legend}" dy="4">${escapeText(name)}</text>`,
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" fill="#3f3f46" role="img" aria-label="${escapeText(title)}">`,
    `<title>${escapeText(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${LEFT}" y="18" font-size="14" font-weight="600">${escapeText(title)} (${escapeText(unit)})</text>`,
    ...grid,
    ...drawn,
    '</svg>',
  ].join('\n');
}

export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** The next of 1, 2, 4, 6, 8 times a power of ten, so that the ticks are round. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 4, 6, 8, 10].find((candidate) => candidate * power >= value) ?? 10;
  return factor * power;
}

function number(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 2 : 0 });
}
