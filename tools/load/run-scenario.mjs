// One run of one scenario by k6, and what is kept of it.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../setup.mjs';
import { endChild, exitOf } from './child.mjs';
import { sampleProcess } from './process-samples.mjs';
import { resultPage } from './report.ts';
import { readConsole } from './series.ts';
import { problemsOf } from './verdict.ts';

/** Beyond what any scenario allows itself, but for runs that are meant to be long. */
const RUN_TIMEOUT_MS = 15 * 60_000;
const LONG_RUN_TIMEOUT_MS = 24 * 60 * 60_000;

/**
 * @param {object} options
 * @param {string} options.k6 its path
 * @param {string} options.scenario
 * @param {string} options.profile
 * @param {{url: string, pid?: number}} options.target
 * @param {string} options.against what the target is, for people
 * @param {string | undefined} options.slowUrl the slow way to the target
 * @param {string} options.folder gets NAME.json, NAME.html and k6's own summary, NAME.txt
 * @param {(stop: () => Promise<void>) => void} options.stopLater
 * @returns {Promise<import('./result.ts').ScenarioResult>}
 */
export async function runScenario({ k6, scenario, profile, target, against, slowUrl, folder, stopLater }) {
  const work = mkdtempSync(join(tmpdir(), 'sluice-k6-'));
  const summary = join(work, 'summary.json');
  const output = join(work, 'console.log');
  const variables = {
    SLUICE_URL: target.url,
    PROFILE: profile,
    ...(slowUrl === undefined ? {} : { SLUICE_SLOW_URL: slowUrl }),
  };
  const args = [
    ...['run', '--quiet', '--no-usage-report', '--no-color', '--log-format', 'raw'],
    ...['--console-output', output, '--summary-export', summary],
    ...Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    join(ROOT, 'load-tests', 'scenarios', `${scenario}.ts`),
  ];
  const startedAt = new Date().toISOString();
  const started = performance.now();
  const samples = sampleProcess(target.pid);
  const child = spawn(k6, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  stopLater(() => endChild(child));
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      printed += text;
    });
  }
  const limit = profile === 'soak' ? LONG_RUN_TIMEOUT_MS : RUN_TIMEOUT_MS;
  const timer = setTimeout(() => child.kill('SIGKILL'), limit);
  try {
    const exitCode = await exitOf(child);
    const metrics = readJson(summary)?.metrics;
    const { series, remarks } = readConsole(readText(output));
    const result = {
      scenario,
      profile,
      against,
      startedAt,
      seconds: (performance.now() - started) / 1000,
      machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`,
      problems: problemsOf(exitCode, metrics),
      remarks: metrics === undefined ? [...remarks, ...printed.trimEnd().split('\n').slice(-20)] : remarks,
      metrics: metrics ?? {},
      series,
      process: samples(),
    };
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${scenario}.json`), `${JSON.stringify(result, undefined, 2)}\n`);
    writeFileSync(join(folder, `${scenario}.html`), resultPage(result));
    writeFileSync(join(folder, `${scenario}.txt`), printed);
    return result;
  } finally {
    clearTimeout(timer);
    samples();
    rmSync(work, { recursive: true, force: true });
  }
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The run ended before it had anything to say.
    return '';
  }
}

function readJson(path) {
  const text = readText(path);
  return text === '' ? undefined : JSON.parse(text);
}
