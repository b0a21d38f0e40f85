import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { replaceBlock } from './report/replace-block.ts';
import type { Row } from './report/row.ts';
import { headlineTable, markdownTable, plainTable } from './report/table.ts';
import { type Bench, FULL, QUICK, type Scenario } from './scenarios/bench.ts';
import { Brokers } from './servers/brokers.ts';
import { assignCores } from './servers/cores.ts';

export interface BenchOptions {
  readonly quick: boolean;
  /** Write the tables into docs/performance.md, and into README.md where these are all scenarios. */
  readonly write: boolean;
  readonly complete: boolean;
  /** Default bench/results/latest.json. */
  readonly json: string | undefined;
}

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PERFORMANCE = join(ROOT, 'docs', 'performance.md');
/** The run behind the tables, which is committed. */
const REFERENCE = join(ROOT, 'bench', 'results', 'reference.json');
const README = join(ROOT, 'README.md');
/** Scenarios that are not begun by then are left out, so that the whole ends within ten minutes. */
const LAST_START_MS = 9 * 60_000;
const HUNG_MS = 12 * 60_000;

/** Runs the scenarios in turn; resolves with the exit code. A scenario that fails is named, and the others run. */
export async function runBench(scenarios: readonly Scenario[], options: BenchOptions): Promise<number> {
  const started = performance.now();
  const cores = assignCores();
  const brokers = new Brokers(cores);
  const hung = setTimeout(() => {
    console.error(`bench: not done after ${HUNG_MS / 60_000} minutes, so something hangs; ended.`);
    process.exit(1);
  }, HUNG_MS);
  stopOnSignal(brokers);
  const runs: Record<string, unknown>[] = [];
  const bench: Bench = {
    brokers,
    cores,
    effort: options.quick ? QUICK : FULL,
    limits: new Map(),
    say: (line) => console.log(line),
    keep: (what, result) => runs.push({ what, ...result }),
  };
  console.log(cores.pinned ? pinningText(cores.brokers) : 'Nothing is pinned: taskset or a second core is missing.');
  const tables: Record<string, readonly Row[]> = {};
  const failures: string[] = [];
  try {
    for (const { name, run } of scenarios) {
      if (performance.now() - started > LAST_START_MS) {
        failures.push(`${name}: not begun, the time was over`);
        continue;
      }
      console.log(`\n# ${name}`);
      try {
        tables[name] = await run(bench);
      } catch (error) {
        failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        console.error(`  failed: ${failures.at(-1)}`);
      }
    }
  } finally {
    await brokers.close();
    clearTimeout(hung);
  }
  const rows = Object.values(tables).flat();
  console.log(`\n${plainTable(rows)}\n`);
  const about = { ...machine(), quick: options.quick, pinned: cores.pinned, seconds: secondsSince(started) };
  const file = options.json ?? join(ROOT, 'bench', 'results', 'latest.json');
  const report = `${JSON.stringify({ ...about, failures, tables, runs }, undefined, 2)}\n`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, report);
  console.log(`${about.seconds} s; all runs are in ${file}`);
  if (options.quick) console.log('This was a quick run: it shows that the bench works, and its numbers mean nothing.');
  for (const failure of failures) console.error(`bench: ${failure}`);
  const complete = options.complete && failures.length === 0;
  if (options.write) writeDocuments(tables, about, complete);
  if (options.write && complete) writeFileSync(REFERENCE, report);
  return failures.length === 0 ? 0 : 1;
}

/** What a reader must know of the machine to read the numbers. */
function machine(): Readonly<Record<'date' | 'commit' | 'processor' | 'node' | 'kernel', string>> & {
  readonly cores: number;
  readonly memoryGigabytes: number;
} {
  const [first] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    processor: first?.model ?? 'unknown',
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    kernel: release(),
  };
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}

/** Each scenario that has run replaces its own table; the others stay as they are. */
function writeDocuments(
  tables: Readonly<Record<string, readonly Row[]>>,
  about: ReturnType<typeof machine>,
  complete: boolean,
): void {
  let performanceText = readFileSync(PERFORMANCE, 'utf8');
  const where =
    `Measured on ${about.date} at commit ${about.commit}: ${about.processor}, ${about.cores} cores, ${about.memoryGigabytes} GB, ` +
    `Node ${about.node}, Linux ${about.kernel}.`;
  for (const [name, rows] of Object.entries(tables)) {
    performanceText = replaceBlock(performanceText, name, `${where}\n\n${markdownTable(rows)}`);
  }
  writeFileSync(PERFORMANCE, performanceText);
  console.log('docs/performance.md has the new tables.');
  if (!complete) return;
  const headlines = Object.values(tables)
    .flat()
    .filter(({ headline, sluice }) => headline === true && sluice !== undefined);
  writeFileSync(
    README,
    replaceBlock(readFileSync(README, 'utf8'), 'headline', `${headlineTable(headlines)}\n\n${where}`),
  );
  console.log('README.md has the headlines.');
}

function pinningText(brokerCores: string): string {
  return `Each server has core 0 for itself; the generator runs on core 1, Redis and Kafka on ${brokerCores}.`;
}

function secondsSince(started: number): number {
  return Math.round((performance.now() - started) / 1000);
}

function stopOnSignal(brokers: Brokers): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void brokers.close().finally(() => process.exit(1));
    });
  }
}
