import type { Row } from '../report/row.ts';
import type { Bench, Scenario, ServerName } from './bench.ts';
import { Fanout } from './fanout.ts';
import { findLimit, sustainedRate } from './find-limit.ts';
import { generatorNote } from './limit.ts';

const OPERATIONS = 1_000;

export const operations: Scenario = {
  name: 'operations',
  summary: 'the most deliveries per second of one stream to 1,000 subscribers with 1,000 different operations',
  async run(bench): Promise<readonly Row[]> {
    const sluice = await limitOf(bench, 'Sluice', 150);
    const peer = await limitOf(bench, 'graphql-ws', 15);
    return [
      {
        measure: 'highest sustained deliveries/s, EPHEMERAL, 1,000 different operations on one stream',
        unit: '/s',
        better: 'higher',
        headline: true,
        goal: [200_000],
        sluice: sluice === undefined ? 'none' : [sustainedRate(sluice)],
        peer: peer === undefined ? 'none' : [sustainedRate(peer)],
        ...(sluice === undefined ? {} : { note: generatorNote(sluice) }),
      },
    ];
  },
};

async function limitOf(bench: Bench, who: ServerName, firstRate: number) {
  const fanout = new Fanout(bench, {
    who,
    delivery: 'EPHEMERAL',
    subscribers: OPERATIONS / bench.effort.divisor,
    // An alias of its own makes each answer, and so each operation, another.
    selection: (connection) => `n room id author text at${String(connection).padStart(4, '0')}: at`,
  });
  try {
    return await findLimit(fanout, firstRate, { ...bench.effort, refinements: Math.min(2, bench.effort.refinements) });
  } finally {
    await fanout.close();
  }
}
