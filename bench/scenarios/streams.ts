import type { Scenario } from './bench.ts';
import { limitRow } from './limit-row.ts';

const STREAMS = 10_000;

export const streams: Scenario = {
  name: 'streams',
  summary: 'the most events per second on 10,000 streams with one subscriber each',
  async run(bench) {
    const { divisor } = bench.effort;
    const size = STREAMS / divisor;
    return [
      await limitRow(bench, {
        measure: 'highest sustained events/s, EPHEMERAL, 10,000 streams of one subscriber',
        goal: 80_000,
        firstRate: { Sluice: 30_000 / divisor, 'graphql-ws': 10_000 / divisor },
        fanout: { subscribers: size, streams: size },
      }),
    ];
  },
};
