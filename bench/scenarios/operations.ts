import type { Scenario } from './bench.ts';
import { limitRow } from './limit-row.ts';

const OPERATIONS = 1_000;

export const operations: Scenario = {
  name: 'operations',
  summary: 'the most deliveries per second of one stream to 1,000 subscribers with 1,000 different operations',
  run: async (bench) => [
    await limitRow(bench, {
      measure: 'highest sustained deliveries/s, EPHEMERAL, 1,000 different operations on one stream',
      goal: 200_000,
      firstRate: { Sluice: 150, 'graphql-ws': 15 },
      fanout: {
        subscribers: OPERATIONS / bench.effort.divisor,
        // An alias of its own makes each answer, and so each operation, another.
        selection: (connection) => `n room id author text at${String(connection).padStart(4, '0')}: at`,
      },
    }),
  ],
};
