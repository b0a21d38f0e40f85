import { fileURLToPath } from 'node:url';
import type { Row } from '../report/row.ts';
import type { Scenario } from './bench.ts';
import { Fanout } from './fanout.ts';

const SWITCH = fileURLToPath(new URL('../servers/switchable-metrics.ts', import.meta.url));
const PAIRS = 5;
const SUBSCRIBERS = 100;
/** Events per second: mostly alone in their turn, so that each pays for its own measurements. */
const RATE = 500;

export const metrics: Scenario = {
  name: 'metrics',
  summary: 'processor time of a delivery with and without what measures it, in pairs',
  async run(bench): Promise<readonly Row[]> {
    const { divisor } = bench.effort;
    const fanout = new Fanout(bench, {
      who: 'Sluice',
      delivery: 'EPHEMERAL',
      subscribers: SUBSCRIBERS / divisor,
      nodeFlags: ['--import', SWITCH],
    });
    try {
      const server = await fanout.server();
      let on = true;
      const costOf = async (measured: boolean): Promise<number> => {
        if (on !== measured) process.kill(server.pid, 'SIGUSR2');
        on = measured;
        return (await fanout.run(RATE)).microsecondsPerDelivery;
      };
      // The first runs of a process are those of code that is not compiled yet.
      await costOf(true);
      await costOf(false);
      const pairs: { readonly on: number; readonly off: number }[] = [];
      for (let pair = 0; pair < PAIRS; pair += 1) {
        // Which one is first changes, so that what drifts falls on both.
        const first = await costOf(pair % 2 === 0);
        const second = await costOf(pair % 2 !== 0);
        pairs.push(pair % 2 === 0 ? { on: first, off: second } : { on: second, off: first });
      }
      const extra = pairs.map((pair) => (pair.on / pair.off - 1) * 100);
      const measure = `CPU seconds per million deliveries, 100 subscribers × 500 events/s, median of ${PAIRS}`;
      const row = { unit: 's', better: 'lower', goal: [], peer: undefined } as const;
      return [
        {
          ...row,
          measure: `${measure}: with metrics`,
          sluice: [median(pairs.map((pair) => pair.on))],
          note: `the median of the pairs is ${median(extra).toFixed(1)} % more than without: ${extra.map((percent) => `${percent.toFixed(1)} %`).join(', ')}`,
        },
        { ...row, measure: `${measure}: without`, sluice: [median(pairs.map((pair) => pair.off))] },
      ];
    } finally {
      await fanout.close();
    }
  },
};

/** Of an odd number of values. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
