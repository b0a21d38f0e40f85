/** One second of one delivery, over all virtual users. Latencies in milliseconds. */
export interface SeriesPoint {
  /** From the first second in which anything was delivered. */
  readonly second: number;
  readonly deliveries: number;
  readonly p50: number;
  readonly p99: number;
}

export interface Series {
  readonly delivery: string;
  readonly points: readonly SeriesPoint[];
}

/** What load-tests/lib/latency-series.ts writes for one second of one virtual user, after PREFIX. */
interface Line {
  readonly delivery: string;
  readonly second: number;
  /** Steps of a histogram bucket for a factor of 2. */
  readonly steps: number;
  readonly buckets: readonly (readonly [bucket: number, count: number])[];
}

const PREFIX = 'series ';

/** Divides what a scenario printed into its series and what is for people. */
export function readConsole(text: string): { readonly series: readonly Series[]; readonly remarks: readonly string[] } {
  const lines = text.split('\n').filter((line) => line !== '');
  const remarks = lines.filter((line) => !line.startsWith(PREFIX));
  const parts = lines
    .filter((line) => line.startsWith(PREFIX))
    .map((line): Line => JSON.parse(line.slice(PREFIX.length)));
  return { series: join(parts), remarks };
}

function join(parts: readonly Line[]): readonly Series[] {
  const first = parts.reduce((least, { second }) => Math.min(least, second), Number.POSITIVE_INFINITY);
  const byDelivery = Map.groupBy(parts, ({ delivery }) => delivery);
  return [...byDelivery]
    .map(([delivery, lines]) => ({
      delivery,
      points: [...Map.groupBy(lines, ({ second }) => second)]
        .map(([second, same]) => point(second - first, same))
        .sort((a, b) => a.second - b.second),
    }))
    .sort((a, b) => a.delivery.localeCompare(b.delivery));
}

function point(second: number, lines: readonly Line[]): SeriesPoint {
  const counts = new Map<number, number>();
  let deliveries = 0;
  for (const [bucket, count] of lines.flatMap(({ buckets }) => buckets)) {
    counts.set(bucket, (counts.get(bucket) ?? 0) + count);
    deliveries += count;
  }
  const steps = lines[0]?.steps ?? 1;
  const sorted = [...counts].sort(([a], [b]) => a - b);
  const at = (share: number): number => {
    let left = deliveries * share;
    for (const [bucket, count] of sorted) {
      left -= count;
      if (left <= 0) return 2 ** (bucket / steps) - 1;
    }
    return 0;
  };
  return { second, deliveries, p50: at(0.5), p99: at(0.99) };
}
