// `npm test`: everything that must hold, in stages that each tell their time. All stages run, so that one run shows all that is wrong;
// only what needs a failed stage is left out. Arguments choose test files (or are passed to Node's runner, when they begin with `-`).

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { startBrokers } from './brokers.mjs';
import { cacheFolder } from './cache.mjs';
import { ensureChromium } from './chromium.mjs';
import { runCommand } from './command.mjs';
import { endHungTests } from './hung-tests.mjs';
import { nodePath, ROOT, setUp } from './setup.mjs';
import { Stages } from './stages.mjs';
import { onStopSignal } from './stop-signal.mjs';

const ALL_TESTS = 'test/**/*.test.ts';
const CONCURRENCY = 2;
/** One test, one file and all together may take so long: what hangs must end and be named. */
const TEST_TIMEOUT_MS = 10 * 60_000;
const FILE_TIMEOUT_MS = 6 * 60_000;
const TESTS_TIMEOUT_MS = 30 * 60_000;

const stages = new Stages();
/** What must be stopped when this program ends, whatever the reason. */
const toStop = [];
let stopping;
const stopAll = () => {
  stopping ??= Promise.allSettled(toStop.map((stop) => stop()));
  return stopping;
};
onStopSignal(stopAll);

let closingCounts = '';
const ready = await stages.run('set-up', async (note) => {
  note(await setUp());
  return true;
});
if (ready === true) {
  const [brokers] = await Promise.all([
    stages.run('brokers', brokersStage),
    checks(),
    stages.run('browser', browserStage),
  ]);
  if (brokers === undefined) stages.skip('tests', 'they need the brokers');
  else await stages.run('tests', (note) => testStage(brokers.settings, note));
} else {
  for (const name of ['brokers', 'browser', 'type check', 'lint', 'imports', 'tests'])
    stages.skip(name, 'the set-up failed');
}
await stopAll();
console.log(stages.table());
if (closingCounts !== '') console.log(`\n${closingCounts}`);
process.exit(stages.ok ? 0 : 1);

async function brokersStage(note) {
  const starting = startBrokers();
  // Registered before it is there: a signal during the start waits for it and stops it.
  toStop.push(async () => (await starting).stop());
  const brokers = await starting;
  note(brokers.summary);
  return brokers;
}

/** Only fetches it: the tests that need a browser start their own, and say the same when there is none. */
async function browserStage(note) {
  note(await ensureChromium(cacheFolder()));
}

/** The checks of the sources, one after the other beside the start of the brokers. */
async function checks() {
  await stages.run('type check', async () => {
    await mustPass('tsc', ['--noEmit', '-p', '.']);
    await mustPass('tsc', ['--noEmit', '-p', 'load-tests']);
  });
  await stages.run('lint', () => mustPass('biome', ['check', '--error-on-warnings', '.']));
  await stages.run('imports', async (note) => note((await mustPass(nodePath(), ['tools/check-imports.ts'])).trim()));
}

async function mustPass(command, args) {
  const { code, output } = await runCommand(
    existsSync(command) ? command : join(ROOT, 'node_modules', '.bin', command),
    args,
    {
      cwd: ROOT,
      env: environment(),
    },
  );
  if (code !== 0) throw new Error(output.trimEnd());
  return output;
}

async function testStage(settings, note) {
  const chosen = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
  const files = chosen.length > 0 ? chosen : [ALL_TESTS];
  const { code, late, counts, killed, passed, failed } = await runTests(files, settings);
  closingCounts = [...counts].map(([name, value]) => `# ${name} ${value}`).join('\n');
  note(`${passed} passed, ${failed} failed${killed.length > 0 ? `, hung: ${killed.join(' ')}` : ''}`);
  if (late) throw new Error(`The tests were not done after ${TESTS_TIMEOUT_MS / 60_000} minutes and were ended.`);
  if (code !== 0) throw new Error(`Tests failed: the runner ended with ${code}.`);
  if (!(passed > 0)) throw new Error(`No test ran: ${files.join(' ')} matches none.`);
}

/** Runs test files to the end of the runner. */
async function runTests(files, settings) {
  const args = [
    '--disable-warning=TimeoutNegativeWarning',
    '--test',
    `--test-concurrency=${CONCURRENCY}`,
    `--test-timeout=${TEST_TIMEOUT_MS}`,
    `--test-reporter=${join(ROOT, 'tools', 'test-reporter.mjs')}`,
    '--test-reporter-destination=stdout',
    ...process.argv.slice(2).filter((argument) => argument.startsWith('-')),
    ...files,
  ];
  if (stopping !== undefined) throw new Error('Told to stop.');
  // A group of its own, so that its whole tree can be ended.
  const child = spawn(nodePath(), args, {
    cwd: ROOT,
    env: { ...environment(), ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const endGroup = () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The group is gone already.
    }
  };
  toStop.push(async () => endGroup());
  const hung = endHungTests(child.pid, { limitMs: FILE_TIMEOUT_MS });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    endGroup();
  }, TESTS_TIMEOUT_MS);
  const counts = new Map();
  for await (const line of lines(child.stdout)) {
    const count = /^# (\w+) ([\d.]+)$/.exec(line);
    if (count === null) console.log(line);
    else counts.set(count[1], count[2]);
  }
  const code = await new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode ?? child.signalCode);
    else child.once('exit', (exitCode, signal) => resolve(exitCode ?? signal));
  });
  clearTimeout(timer);
  endGroup();
  await hung.stop();
  const count = (name) => Number(counts.get(name) ?? 0);
  return { code, late, counts, killed: hung.killed, passed: count('pass'), failed: count('fail') };
}

async function* lines(stream) {
  let rest = '';
  for await (const text of stream.setEncoding('utf8')) {
    const parts = (rest + text).split('\n');
    rest = parts.pop();
    yield* parts;
  }
  if (rest !== '') yield rest;
}

/** The tools' own `#!/usr/bin/env node` must find the pinned Node. */
function environment() {
  return { ...process.env, PATH: [join(ROOT, 'node_modules', '.bin'), process.env.PATH].join(delimiter) };
}
