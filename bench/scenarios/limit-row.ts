import type { Row } from '../report/row.ts';
import type { Bench, ServerName } from './bench.ts';
import { Fanout, type FanoutOptions } from './fanout.ts';
import { findLimit, sustainedRate } from './find-limit.ts';
import { generatorNote } from './limit.ts';

/** One kind of load on EPHEMERAL topics, whose limit is searched for. */
export interface LimitCase {
  readonly measure: string;
  readonly goal: number;
  /** Where the search begins, in events per second. */
  readonly firstRate: Readonly<Record<ServerName, number>>;
  readonly fanout: Omit<FanoutOptions, 'who' | 'delivery'>;
}

/** The most that each server sustains of it. */
export async function limitRow(bench: Bench, { measure, goal, firstRate, fanout }: LimitCase): Promise<Row> {
  const effort = { ...bench.effort, refinements: Math.min(2, bench.effort.refinements) };
  const limitOf = async (who: ServerName) => {
    const load = new Fanout(bench, { ...fanout, who, delivery: 'EPHEMERAL' });
    try {
      return await findLimit(load, firstRate[who], effort);
    } finally {
      await load.close();
    }
  };
  const sluice = await limitOf('Sluice');
  const peer = await limitOf('graphql-ws');
  return {
    measure,
    unit: '/s',
    better: 'higher',
    headline: true,
    goal: [goal],
    sluice: sluice === undefined ? 'none' : [sustainedRate(sluice)],
    peer: peer === undefined ? 'none' : [sustainedRate(peer)],
    ...(sluice === undefined ? {} : { note: generatorNote(sluice) }),
  };
}
