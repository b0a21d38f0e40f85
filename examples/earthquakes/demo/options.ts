import { join, resolve } from 'node:path';
import type { CommandFlag } from '../../../src/cli/command.ts';
import { parseFlags } from '../../../src/config/flags.ts';
import { packageFolder } from '../../../src/config/package-folder.ts';

/** How the demo runs. */
export interface DemoOptions {
  /** Seconds of the recorded week that pass in one second. */
  readonly speed: number;
  /** The playing ends after this many seconds at the latest. */
  readonly seconds: number;
  /** Emptied at the start. */
  readonly dataFolder: string;
}

const FLAGS: readonly CommandFlag[] = [
  { name: 'speed', placeholder: 'N', help: 'Seconds of the week in one second. [10000: the week in a minute]' },
  { name: 'seconds', placeholder: 'N', help: 'Stop playing after N seconds. [until the week is over]' },
  {
    name: 'data-dir',
    placeholder: 'FOLDER',
    help: 'Folder of the embedded logs; the demo deletes what is in it. [.sluice/demo]',
  },
  { name: 'help', placeholder: '', help: 'Show this help.' },
];

export const DEMO_HELP: string = `npm run demo -- [FLAGS]\n\n${FLAGS.map(({ name, placeholder, help }) => `  ${`--${name} ${placeholder}`.padEnd(20)}${help}\n`).join('')}`;

/** The options of a command line; `help`, or a text that says what is wrong. */
export function readDemoOptions(words: readonly string[]): DemoOptions | 'help' | { readonly wrong: string } {
  const { values, positionals, problems } = parseFlags(words, FLAGS);
  const [problem] = problems;
  if (problem !== undefined && problem.origin.type === 'flag')
    return { wrong: `${problem.origin.flag}: ${problem.message}. ${problem.fix}` };
  if (positionals.length > 0) return { wrong: `there is no ${positionals.join(' ')}; the demo takes flags only.` };
  if (values.has('help')) return 'help';
  const speed = Number(values.get('speed') ?? 10_000);
  const seconds = Number(values.get('seconds') ?? Number.POSITIVE_INFINITY);
  if (!(speed > 0)) return { wrong: `--speed ${values.get('speed')} is not a number above 0.` };
  if (!(seconds > 0)) return { wrong: `--seconds ${values.get('seconds')} is not a number above 0.` };
  const folder = values.get('data-dir');
  return { speed, seconds, dataFolder: folder === undefined ? join(packageFolder, '.sluice/demo') : resolve(folder) };
}
