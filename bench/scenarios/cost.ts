import type { LoadResult } from '../load/measure-load.ts';
import type { Row } from '../report/row.ts';
import type { Bench, Scenario, ServerName } from './bench.ts';
import { Fanout, isServed } from './fanout.ts';

const SIZES = [10, 100, 1_000, 10_000];
/** The same for all sizes, so that nothing is batched more at one than at another. */
const RATE = 20;
/** What 10,000 subscribers may cost of what 1,000 cost, per delivery. */
const FLATNESS = 1.2;

export const cost: Scenario = {
  name: 'cost',
  summary: 'processor time per delivery at 10, 100, 1,000 and 10,000 subscribers: is it flat?',
  async run(bench) {
    const rows: Row[] = [];
    const sluice: (readonly number[] | string)[] = [];
    for (const size of SIZES) {
      sluice.push(await costOf(bench, 'Sluice', size));
      rows.push({
        measure: `CPU per delivery, ${size.toLocaleString('en')} subscribers × ${RATE} events/s`,
        unit: 'µs',
        better: 'lower',
        goal: [],
        sluice: sluice.at(-1),
        peer: await costOf(bench, 'graphql-ws', size),
      });
    }
    const [thousand, tenThousand] = [sluice[2], sluice[3]];
    rows.push({
      measure: 'CPU per delivery at 10,000 subscribers over that at 1,000',
      unit: '×',
      better: 'lower',
      goal: [FLATNESS],
      sluice:
        Array.isArray(thousand) && Array.isArray(tenThousand) ? [Number(tenThousand[0]) / Number(thousand[0])] : 'none',
      peer: undefined,
    });
    return rows;
  },
};

async function costOf(bench: Bench, who: ServerName, size: number): Promise<readonly number[] | string> {
  const subscribers = Math.max(1, Math.round(size / bench.effort.divisor));
  const fanout = new Fanout(bench, { who, delivery: 'EPHEMERAL', subscribers });
  try {
    const result: LoadResult = await fanout.run(RATE);
    return isServed(result) ? [result.microsecondsPerDelivery] : 'beyond its limit';
  } finally {
    await fanout.close();
  }
}
