import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../tools/kafka.mjs';
import type { Row } from '../report/row.ts';
import { IDLE, Profiler, shares } from '../support/cpu-profile.ts';
import type { Scenario } from './bench.ts';
import { Fanout } from './fanout.ts';
import { findLimit } from './find-limit.ts';

const SUBSCRIBERS = 1_000;
const FIRST_RATE = 600;
const RESULTS = fileURLToPath(new URL('../results/', import.meta.url));

/** Which source files do which work; the first that fits. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/\/src\/fanout\/projection\//, 'projection'],
  [/\/src\/fanout\/filter\//, 'filters'],
  [/\/src\/json\/|\/src\/fanout\/decode/, 'decoding'],
  [/\/src\/protocol\/|\/src\/fanout\/payload/, 'framing and protocol'],
  [/\/src\/fanout\//, 'fan-out: groups and flush'],
  [/\/src\/transport\//, 'transport'],
  [/\/src\/broker\/|\/node_modules\/(?:ioredis|redis-parser|@platformatic|@ioredis)\//, 'broker clients'],
  [/\/src\//, 'the rest of Sluice'],
  [/\/node_modules\//, 'other packages'],
  [/^node:/, 'Node'],
];

/** uWebSockets.js is native: its methods have a name and no file. Their time is the copy into the cork buffer and the write. */
const SENDING = 'uWebSockets.js: send and its system calls';
const NATIVE_SENDS = ['send', 'cork', 'publish', 'sendFirstFragment', 'sendFragment', 'sendLastFragment'];

export const profile: Scenario = {
  name: 'profile',
  summary: "where the server's time goes at its limit: a CPU profile, in shares",
  async run(bench): Promise<readonly Row[]> {
    const port = await freePort();
    const fanout = new Fanout(bench, {
      who: 'Sluice',
      delivery: 'EPHEMERAL',
      subscribers: SUBSCRIBERS / bench.effort.divisor,
      nodeFlags: [`--inspect=127.0.0.1:${port}`],
    });
    try {
      const { seconds, warmSeconds } = bench.effort;
      const limit = await findLimit(fanout, FIRST_RATE, {
        ...bench.effort,
        refinements: Math.min(1, bench.effort.refinements),
      });
      if (limit === undefined) throw new Error('no rate was sustained, so there is no limit to profile at');
      await fanout.server();
      const running = fanout.run(limit.rate);
      await Promise.race([fanout.settled(), running]);
      await pause(warmSeconds * 1000);
      const profiler = await Profiler.connect(port);
      await profiler.start();
      await pause(seconds * 900);
      const profiled = await profiler.stop();
      const result = await running;
      const file = join(RESULTS, 'saturation.cpuprofile');
      await writeFile(file, JSON.stringify(profiled));
      bench.say(`  the profile is in ${file}`);
      const found = shares(profiled, kindOf);
      const rate = `${Math.round(result.deliveriesPerSecond).toLocaleString('en')} deliveries/s`;
      return [
        row('in the kernel (system calls), of all its processor time', result.serverKernelShare, rate),
        ...[...found].map(([kind, share]) => row(kind, share, '')),
      ];
    } finally {
      await fanout.close();
    }
  },
};

function row(kind: string, share: number, note: string): Row {
  return {
    measure: `profile at the limit: ${kind}`,
    unit: '%',
    better: 'lower',
    goal: [],
    sluice: [share * 100],
    peer: undefined,
    note,
  };
}

/** The kind of work that a function of a profile does. */
export function kindOf(name: string, url: string): string {
  if (url !== '') return KINDS.find(([pattern]) => pattern.test(url))?.[1] ?? 'the rest of Sluice';
  if (name === '(garbage collector)') return 'garbage collection';
  if (name === '(idle)') return IDLE;
  if (name === '(program)') return 'native code outside JavaScript: event loop, reads';
  return NATIVE_SENDS.includes(name) ? SENDING : 'native functions of the engine';
}
