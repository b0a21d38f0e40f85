import { fileURLToPath } from 'node:url';
import type { Row } from '../report/row.ts';
import type { Bench, Scenario } from './bench.ts';
import { Fanout } from './fanout.ts';

const WITHOUT = fileURLToPath(new URL('../servers/without-metrics.ts', import.meta.url));
const PAIRS = 5;
const SUBSCRIBERS = 100;
/** Events per second: mostly alone in their turn, so that each pays for its own measurements. */
const RATE = 500;

export const metrics: Scenario = {
  name: 'metrics',
  summary: 'processor time of a delivery with and without what measures it, in pairs',
  async run(bench): Promise<readonly Row[]> {
    const pairs: { readonly on: number; readonly off: number }[] = [];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      // Which one is first changes, so that what drifts falls on both.
      const first = await costOf(bench, pair % 2 === 0);
      const second = await costOf(bench, pair % 2 !== 0);
      pairs.push(pair % 2 === 0 ? { on: first, off: second } : { on: second, off: first });
    }
    const extra = median(pairs.map(({ on, off }) => (on / off - 1) * 100));
    return [
      {
        measure: `CPU seconds per million deliveries, 100 subscribers × 500 events/s, median of ${PAIRS}: with metrics`,
        unit: 's',
        better: 'lower',
        goal: [],
        sluice: [median(pairs.map(({ on }) => on))],
        peer: undefined,
        note: `${extra.toFixed(1)} % more than without, the median of the pairs: ${pairs.map(({ on, off }) => `${((on / off - 1) * 100).toFixed(1)} %`).join(', ')}`,
      },
      {
        measure: `CPU seconds per million deliveries, 100 subscribers × 500 events/s, median of ${PAIRS}: without`,
        unit: 's',
        better: 'lower',
        goal: [],
        sluice: [median(pairs.map(({ off }) => off))],
        peer: undefined,
      },
    ];
  },
};

async function costOf(bench: Bench, measured: boolean): Promise<number> {
  const { divisor, seconds } = bench.effort;
  const fanout = new Fanout(bench, {
    who: 'Sluice',
    delivery: 'EPHEMERAL',
    subscribers: SUBSCRIBERS / divisor,
    nodeFlags: measured ? [] : ['--import', WITHOUT],
  });
  try {
    return (await fanout.run(RATE, seconds)).microsecondsPerDelivery;
  } finally {
    await fanout.close();
  }
}

/** Of an odd number of values. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
