// `npm run load -- SCENARIO [--profile NAME] [--url URL]`: runs a k6 scenario of load-tests/scenarios/ against a gateway of its own on free
// ports, with embedded brokers, or against the one at URL. Ends with k6's exit code: 99 when a threshold was crossed.

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from './cache.mjs';
import { ensureK6 } from './k6.mjs';
import { nodePath, ROOT, setUp } from './setup.mjs';
import { onStopSignal } from './stop-signal.mjs';

const SCENARIOS = join(ROOT, 'load-tests', 'scenarios');
const START_TIMEOUT_MS = 60_000;
/** Beyond what any scenario allows itself. */
const RUN_TIMEOUT_MS = 15 * 60_000;
const USAGE = 'Usage: npm run load -- SCENARIO [--profile NAME] [--url URL]';

const toStop = [];
let stopping;
const stopAll = () => {
  stopping ??= Promise.allSettled(toStop.reverse().map((stop) => stop()));
  return stopping;
};
onStopSignal(stopAll);

let code = 1;
try {
  code = await main();
} catch (error) {
  console.error(`load: ${error.message}`);
}
await stopAll();
process.exit(code);

async function main() {
  const { scenario, profile, url } = readArguments();
  const [k6] = await Promise.all([ensureK6(cacheFolder()), setUp()]);
  const gateway = url ?? (await startGateway());
  const args = ['run', '--quiet', '--no-usage-report', '--env', `SLUICE_URL=${gateway}`, '--env', `PROFILE=${profile}`];
  console.log(`${scenario}, profile ${profile}, against ${gateway}`);
  const child = spawn(k6, [...args, join(SCENARIOS, `${scenario}.ts`)], { stdio: ['ignore', 'inherit', 'inherit'] });
  toStop.push(() => end(child, 'SIGTERM'));
  const timer = setTimeout(() => child.kill('SIGKILL'), RUN_TIMEOUT_MS);
  const result = await exitOf(child);
  clearTimeout(timer);
  if (result === 99) console.error('load: a threshold was crossed (exit code 99)');
  return typeof result === 'number' ? result : 1;
}

function readArguments() {
  const scenarios = readdirSync(SCENARIOS).map((file) => file.replace(/\.ts$/, ''));
  const options = { profile: { type: 'string', default: 'smoke' }, url: { type: 'string' } };
  const { values, positionals } = parseArgs({ args: process.argv.slice(2), options, allowPositionals: true });
  const [scenario, ...more] = positionals;
  if (!scenarios.includes(scenario) || more.length > 0) {
    throw new Error(`name one scenario: ${scenarios.join(', ')}.\n${USAGE}`);
  }
  return { scenario, ...values };
}

/** @returns {Promise<string>} the URL that the gateway says it is ready on */
async function startGateway() {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-load-'));
  toStop.push(async () => rmSync(folder, { recursive: true, force: true }));
  const args = [
    'src/main.ts',
    'serve',
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--admin-port',
    '0',
    '--data-dir',
    folder,
  ];
  // Embedded brokers and the example schema, whatever this shell has set for other gateways.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SLUICE_')));
  const child = spawn(nodePath(), args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  toStop.push(() => end(child, 'SIGTERM'));
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    log = (log + text).slice(-20_000);
  });
  let output = '';
  return new Promise((resolve, reject) => {
    const fail = (what) => reject(new Error(`the gateway ${what}:\n${log}`));
    const timer = setTimeout(() => fail(`was not ready after ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      const ready = /^Sluice ready on (\S+)$/m.exec(output);
      if (ready === null) return;
      clearTimeout(timer);
      resolve(ready[1]);
    });
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    child.once('exit', (exitCode, signal) => {
      clearTimeout(timer);
      fail(`ended with ${exitCode ?? signal}`);
    });
  });
}

function exitOf(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode, signal) => resolve(exitCode ?? signal));
  });
}

async function end(child, signal) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = exitOf(child);
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await gone;
  clearTimeout(timer);
}
