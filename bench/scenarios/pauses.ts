import type { Row } from '../report/row.ts';
import type { Bench, Scenario, ServerName } from './bench.ts';
import { Fanout, isSustained } from './fanout.ts';

const SUBSCRIBERS = 1_000;
/** About half of what each sustains, in events per second: where its limit has not been measured in the same turn. */
const ASSUMED_HALF_LOAD = { Sluice: 700, 'graphql-ws': 17 } as const;
const SECONDS_FACTOR = 3;

/** A line of --trace-gc: `[123:0x…] 456 ms: Mark-Compact (…) 12.3 (15.0) -> 8.1 (16.0) MB, pooled: 0 MB, 3.45 / 0.00 ms (…`. */
const FULL_COLLECTION = /: Mark-Compact .* MB, (?:pooled: [\d.]+ MB, )?([\d.]+) \/ [\d.]+ ms/g;

export const pauses: Scenario = {
  name: 'pauses',
  summary: 'the longest pause of a full garbage collection at half load',
  async run(bench): Promise<readonly Row[]> {
    const sluice = await longestPause(bench, 'Sluice');
    const peer = await longestPause(bench, 'graphql-ws');
    return [
      {
        measure: 'longest full garbage collection pause at half load, 1,000 subscribers',
        unit: 'ms',
        better: 'lower',
        goal: [20],
        sluice: [sluice.longest],
        peer: [peer.longest],
        note: `${sluice.count} and ${peer.count} full collections, the start of the server included`,
      },
    ];
  },
};

async function longestPause(
  bench: Bench,
  who: ServerName,
): Promise<{ readonly longest: number; readonly count: number }> {
  const fanout = new Fanout(bench, {
    who,
    delivery: 'EPHEMERAL',
    subscribers: SUBSCRIBERS / bench.effort.divisor,
    nodeFlags: ['--trace-gc'],
  });
  try {
    const server = await fanout.server();
    const limit = bench.limits.get(who);
    const result = await fanout.run(
      limit === undefined ? ASSUMED_HALF_LOAD[who] : limit / 2,
      bench.effort.seconds * SECONDS_FACTOR,
    );
    if (!isSustained(result)) bench.say(`  ${who} did not sustain what was to be half its load`);
    const found = fullCollections(server.output());
    bench.keep(`${who}, full collections at half load`, { pauses: found });
    return { longest: Math.max(0, ...found), count: found.length };
  } finally {
    await fanout.close();
  }
}

/** The pauses of full collections in a trace, in milliseconds. */
export function fullCollections(trace: string): readonly number[] {
  return Array.from(trace.matchAll(FULL_COLLECTION), (match) => Number(match[1]));
}
