/**
 * `npm run bench`: Sluice beside graphql-ws with graphql-redis-subscriptions, on this machine, in this turn, with real brokers.
 *
 *   npm run bench                  everything, at most ten minutes
 *   npm run bench -- limit cost    these scenarios
 *   npm run bench -- --quick       that it works, in about a minute; its numbers mean nothing
 *   npm run bench -- --write       and write the tables into docs/performance.md and, when all are run, README.md
 *
 * Prints a table and writes bench/results/latest.json; docs/performance.md says how to read it.
 */
import { parseArgs } from 'node:util';
import { runBench } from './run-bench.ts';
import { SCENARIOS } from './scenarios/all.ts';
import { openFiles } from './support/open-files.ts';

const { values, positionals } = readArguments();

const unknown = positionals.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name));
if (values.help || unknown.length > 0) {
  if (unknown.length > 0) console.error(`bench: there is no scenario ${unknown.join(', ')}.\n`);
  console.error('npm run bench -- [--quick] [--write] [--json FILE] [SCENARIO …]\n');
  for (const { name, summary } of SCENARIOS) console.error(`  ${name.padEnd(13)}${summary}`);
  process.exit(unknown.length > 0 ? 1 : 0);
}
if (values.quick && values.write) {
  console.error('bench: the numbers of --quick mean nothing, so they are not written into documents.');
  process.exit(1);
}
if (process.platform !== 'linux') {
  console.error('bench: it reads processor times from /proc, which only Linux has.');
  process.exit(1);
}
openFiles();
const chosen = SCENARIOS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
process.exitCode = await runBench(chosen, {
  quick: values.quick,
  write: values.write,
  complete: chosen.length === SCENARIOS.length,
  json: values.json,
});
process.exit();

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        json: { type: 'string' },
      },
    });
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}
