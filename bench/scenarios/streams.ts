import type { Row } from '../report/row.ts';
import type { Bench, Scenario, ServerName } from './bench.ts';
import { Fanout } from './fanout.ts';
import { findLimit, sustainedRate } from './find-limit.ts';
import { generatorNote } from './limit.ts';

const STREAMS = 10_000;

export const streams: Scenario = {
  name: 'streams',
  summary: 'the most events per second on 10,000 streams with one subscriber each',
  async run(bench): Promise<readonly Row[]> {
    const sluice = await limitOf(bench, 'Sluice', 30_000);
    const peer = await limitOf(bench, 'graphql-ws', 10_000);
    return [
      {
        measure: 'highest sustained events/s, EPHEMERAL, 10,000 streams of one subscriber',
        unit: '/s',
        better: 'higher',
        headline: true,
        goal: [80_000],
        sluice: sluice === undefined ? 'none' : [sustainedRate(sluice)],
        peer: peer === undefined ? 'none' : [sustainedRate(peer)],
        ...(sluice === undefined ? {} : { note: generatorNote(sluice) }),
      },
    ];
  },
};

async function limitOf(bench: Bench, who: ServerName, firstRate: number) {
  const size = STREAMS / bench.effort.divisor;
  const fanout = new Fanout(bench, { who, delivery: 'EPHEMERAL', subscribers: size, streams: size });
  try {
    const effort = { ...bench.effort, refinements: Math.min(2, bench.effort.refinements) };
    return await findLimit(fanout, firstRate / effort.divisor, effort);
  } finally {
    await fanout.close();
  }
}
