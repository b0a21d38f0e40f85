import type { LoadResult } from '../load/measure-load.ts';
import type { Row } from '../report/row.ts';
import type { Bench, Scenario, ServerName } from './bench.ts';
import { type Delivery, Fanout } from './fanout.ts';
import { findLimit, sustainedRate } from './find-limit.ts';

const SUBSCRIBERS = 1_000;

/** Where the search begins, in events per second at 1,000 subscribers. */
const FIRST_RATE = { Sluice: 600, 'graphql-ws': 20 } as const;

interface Case {
  readonly delivery: Delivery;
  readonly goal: readonly number[];
  readonly goalRatio?: number;
}

const CASES: readonly Case[] = [
  { delivery: 'EPHEMERAL', goal: [1_500_000], goalRatio: 40 },
  { delivery: 'BUFFERED', goal: [] },
  { delivery: 'DURABLE', goal: [1_200_000] },
];

export const limit: Scenario = {
  name: 'limit',
  summary: 'the most deliveries per second to 1,000 subscribers, and the processor time of a million',
  async run(bench) {
    const rows: Row[] = [];
    for (const { delivery, goal, goalRatio } of CASES) {
      const sluice = await limitOf(bench, 'Sluice', delivery);
      const peer = delivery === 'EPHEMERAL' ? await limitOf(bench, 'graphql-ws', delivery) : undefined;
      const measured = (of: (result: LoadResult) => number, result: LoadResult | undefined) =>
        result === undefined ? undefined : [of(result)];
      rows.push({
        measure: `highest sustained deliveries/s, ${delivery}, 1,000 subscribers`,
        unit: '/s',
        better: 'higher',
        goal,
        ...(goalRatio === undefined ? {} : { goalRatio }),
        sluice: measured(sustainedRate, sluice) ?? 'none',
        peer: measured(sustainedRate, peer),
        ...(sluice === undefined ? {} : { note: generatorNote(sluice) }),
        headline: true,
      });
      rows.push({
        measure: `CPU seconds per million deliveries at that rate, ${delivery}`,
        unit: 's',
        better: 'lower',
        goal: [],
        sluice: measured(({ microsecondsPerDelivery }) => microsecondsPerDelivery, sluice),
        peer: measured(({ microsecondsPerDelivery }) => microsecondsPerDelivery, peer),
      });
    }
    return rows;
  },
};

/** Whether the generator, and not the server, may have been the limit. */
export function generatorNote({ generatorCpu, brokerCpu, serverCpu, foreignCpu }: LoadResult): string {
  const shares = `server ${serverCpu.toFixed(2)}, generator ${generatorCpu.toFixed(2)}, brokers ${brokerCpu.toFixed(2)}`;
  const limited = generatorCpu + brokerCpu > 0.95 && serverCpu < 0.95 ? '; the generator was the limit' : '';
  const disturbed = foreignCpu > 0.1 ? `; ${foreignCpu.toFixed(2)} used by others` : '';
  return `cores: ${shares}${limited}${disturbed}`;
}

async function limitOf(bench: Bench, who: ServerName, delivery: Delivery): Promise<LoadResult | undefined> {
  const fanout = new Fanout(bench, { who, delivery, subscribers: SUBSCRIBERS / bench.effort.divisor });
  try {
    const found = await findLimit(fanout, FIRST_RATE[who], bench.effort);
    if (found !== undefined && delivery === 'EPHEMERAL') bench.limits.set(who, found.rate);
    return found;
  } finally {
    await fanout.close();
  }
}
