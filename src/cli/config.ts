import { loadConfig } from '../config/load-config.ts';
import { OPTION_LIST } from '../config/options.ts';
import { originText } from '../config/origin.ts';
import type { Command, Invocation } from './command.ts';
import { EXIT_CODES } from './exit-code.ts';
import { reportConfigProblems } from './report.ts';
import { table } from './table.ts';
import { reportUsage } from './usage.ts';

const HEADER = ['SETTING', 'VALUE', 'FROM'];

/** `sluice config`. */
export const config: Command = {
  name: 'config',
  operands: '',
  summary: 'Show every setting, its value and where it was written.',
  description: [
    'A flag wins over a variable, a variable over sluice.yaml, and that over the default. Passwords are shown as ***, also those inside URLs.',
  ],
  flags: [
    { name: 'print', placeholder: '', help: 'Print the settings.' },
    { name: 'json', placeholder: '', help: 'Print one JSON object a line: setting, value and from.' },
  ],
  settings: true,
  examples: ['sluice config --print', 'SLUICE_PORT=5000 sluice config --print --json'],
  exitCodes: [
    [0, 'shown'],
    [2, 'wrong usage or configuration'],
  ],
  async run({ flags, environment, folder, io }: Invocation): Promise<number> {
    const loaded = loadConfig({ flags, environment, folder });
    if (loaded.type === 'invalid') {
      reportConfigProblems(io.stderr, loaded.problems);
      return EXIT_CODES.usage;
    }
    if (flags.positionals.length > 0 || !flags.values.has('print')) {
      reportUsage(io.stderr, 'config', 'it takes --print, its settings and nothing else');
      return EXIT_CODES.usage;
    }
    const rows = OPTION_LIST.map(([key, option]) => ({
      setting: option.path?.join('.') ?? option.name,
      value: loaded.shown[key],
      from: originText(loaded.origins[key]),
    }));
    if (flags.values.has('json')) for (const row of rows) io.stdout.write(`${JSON.stringify(row)}\n`);
    else io.stdout.write(table([HEADER, ...rows.map(({ setting, value, from }) => [setting, value, from])]));
    return EXIT_CODES.ok;
  },
};
