import type { Row } from '../report/row.ts';
import type { Bench, Scenario, ServerName } from './bench.ts';
import { type Delivery, Fanout, isServed } from './fanout.ts';

interface Case {
  readonly delivery: Delivery;
  readonly subscribers: number;
  /** Events per second, and the goals for p50 and p99 in milliseconds. */
  readonly rates: readonly (readonly [rate: number, ...goal: number[]])[];
}

const CASES: readonly Case[] = [
  { delivery: 'EPHEMERAL', subscribers: 1_000, rates: [[20, 5, 12], [200], [2_000]] },
  { delivery: 'EPHEMERAL', subscribers: 100, rates: [[20], [50], [200, 0.8, 3], [2_000]] },
  { delivery: 'BUFFERED', subscribers: 1_000, rates: [[20], [200]] },
  { delivery: 'BUFFERED', subscribers: 100, rates: [[200], [2_000]] },
  { delivery: 'DURABLE', subscribers: 1_000, rates: [[20, 7, 15], [200]] },
  { delivery: 'DURABLE', subscribers: 100, rates: [[200, 2, 6], [2_000]] },
];

/** Rates this low get a longer run, for enough samples. */
const LOW_RATE = 100;

export const latency: Scenario = {
  name: 'latency',
  summary: 'p50, p99 and p999 from the scheduled publish at 20, 200 and 2,000 events/s',
  async run(bench) {
    const rows: Row[] = [];
    for (const { delivery, subscribers, rates } of CASES) {
      const sluice = await latenciesOf(bench, 'Sluice', delivery, subscribers, rates);
      const peer = delivery === 'EPHEMERAL' ? await latenciesOf(bench, 'graphql-ws', delivery, subscribers, rates) : [];
      for (const [index, [rate, ...goal]] of rates.entries()) {
        rows.push({
          measure: `latency p50 / p99 / p999, ${delivery}, ${subscribers.toLocaleString('en')} subscribers × ${rate.toLocaleString('en')} events/s`,
          unit: 'ms',
          better: 'lower',
          goal,
          ...(goal.length === 0 ? {} : { headline: true as const }),
          sluice: sluice[index],
          peer: peer[index],
        });
      }
    }
    return rows;
  },
};

/** At each of the rates, of one server after the other. */
async function latenciesOf(
  bench: Bench,
  who: ServerName,
  delivery: Delivery,
  subscribers: number,
  rates: Case['rates'],
): Promise<readonly (readonly number[] | string)[]> {
  const { effort } = bench;
  const fanout = new Fanout(bench, { who, delivery, subscribers: subscribers / effort.divisor });
  const found: (readonly number[] | string)[] = [];
  try {
    for (const [rate] of rates) {
      const result = await fanout.run(rate, rate < LOW_RATE ? effort.seconds * 1.5 : effort.seconds);
      const { p50, p99, p999 } = result.latency;
      found.push(isServed(result) ? [p50, p99, p999] : 'beyond its limit');
    }
    return found;
  } finally {
    await fanout.close();
  }
}
