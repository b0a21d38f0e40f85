/**
 * What exact decoding costs against plain `JSON.parse`. The ratios are the claim; the nanoseconds are this machine's.
 * Run: node bench/decode.ts
 */
import { parseExactly } from '../src/json/exact-parser.ts';
import { parseJson, parseJsonBytes } from '../src/json/text.ts';
import { nanosecondsPerCall } from './support/measure.ts';

const event = {
  id: 'us7000abcd',
  network: 'us',
  magnitude: 4.5,
  depthKm: 10.2,
  place: '12 km SSW of Somewhere, Chile',
  time: '2026-11-24T20:00:00.000Z',
  tags: ['reviewed', 'felt', 'coastal'],
  location: { latitude: -33.123456, longitude: -70.65432 },
  felt: null,
  reporter: { id: '42', name: 'Ann Example' },
};
const plain = JSON.stringify(event);
const large = plain.replace('4.5', '9007199254740993');
const list = `[${Array(20).fill(plain).join(',')}]`;
const bytes = Buffer.from(plain);

/** The alternative to a parser of our own: the engine's, with a reviver that reads the source text. */
function withReviver(text: string): unknown {
  type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
  const exact: Reviver = (_key, value, context) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?[0-9]+$/.test(context.source ?? '')
      ? BigInt(context.source ?? '')
      : value;
  return JSON.parse(text, exact as (key: string, value: unknown) => unknown);
}

const base = nanosecondsPerCall(() => JSON.parse(plain));
const baseList = nanosecondsPerCall(() => JSON.parse(list));
const rows: readonly (readonly [string, number, number])[] = [
  [`JSON.parse, ${plain.length} characters`, base, base],
  ['parseJson, nothing to keep exact', nanosecondsPerCall(() => parseJson(plain)), base],
  ['parseJsonBytes', nanosecondsPerCall(() => parseJsonBytes(bytes)), base],
  ['JSON.parse of bytes.toString()', nanosecondsPerCall(() => JSON.parse(bytes.toString('utf8'))), base],
  ['parseJson with a large integer', nanosecondsPerCall(() => parseJson(large)), base],
  ['the exact parser alone', nanosecondsPerCall(() => parseExactly(plain)), base],
  ['JSON.parse with a source-text reviver', nanosecondsPerCall(() => withReviver(large)), base],
  [`JSON.parse, ${list.length} characters`, baseList, baseList],
  ['parseJson of the same', nanosecondsPerCall(() => parseJson(list)), baseList],
];
for (const [name, nanoseconds, against] of rows) {
  console.log(
    `${name.padEnd(42)} ${nanoseconds.toFixed(0).padStart(8)} ns/op  ${(nanoseconds / against).toFixed(2)} ×`,
  );
}
