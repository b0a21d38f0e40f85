// `npm run load:sabotage [-- NAME…]`: shows that the smoke profile tells a good build from a bad one. It runs all scenarios against each
// bad build of tools/load/sabotage.ts, and fails unless each scenario that must catch it did. Takes about two minutes for each.

import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endChild, exitOf } from './load/child.mjs';
import { SABOTAGES } from './load/sabotage.ts';
import { nodePath, ROOT } from './setup.mjs';
import { onStopSignal } from './stop-signal.mjs';

/** Of a bad build: the metric in which it must show, and where. */
const TIMED = ['fanout', 'many-topics', 'mixed', 'publish', 'resume', 'slow-consumers', 'soak', 'subscribe-churn'];
const COUNTED = [...TIMED, 'replay', 'sse'];
const SYMPTOMS = {
  drop: { metric: 'gaps', scenarios: COUNTED },
  double: { metric: 'duplicates', scenarios: COUNTED },
  // Two can change places only where two are written at once, which is left to chance where each event goes alone.
  swap: { metric: 'reorders', scenarios: COUNTED.filter((name) => name !== 'many-topics' && name !== 'publish') },
  sleep: { metric: 'e2e_latency', scenarios: TIMED },
};

const children = new Set();
onStopSignal(() => Promise.all([...children].map(endChild)));

const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in SABOTAGES));
if (unknown.length > 0) {
  console.error(`load: there is no bad build ${unknown.join(', ')}: take some of ${Object.keys(SABOTAGES).join(', ')}`);
  process.exit(2);
}

const lines = [];
let ok = true;
for (const name of named.length > 0 ? named : Object.keys(SABOTAGES)) {
  const missed = await missedBy(name);
  ok &&= missed.length === 0;
  const { scenarios } = SYMPTOMS[name];
  const outcome = missed.length === 0 ? 'caught by all' : `NOT caught by ${missed.join(', ')};`;
  lines.push(`${name.padEnd(7)} ${outcome} of ${scenarios.join(', ')}`);
}
console.log(`\n${lines.join('\n')}`);
process.exit(ok ? 0 : 1);

/** The scenarios that should have caught the bad build and did not. */
async function missedBy(name) {
  const folder = join(ROOT, 'load-tests', 'results', `smoke-${name}`);
  rmSync(folder, { recursive: true, force: true });
  const { metric, scenarios } = SYMPTOMS[name];
  const args = [join(ROOT, 'tools', 'load.mjs'), ...scenarios, '--brokers', 'real', '--sabotage', name];
  const child = spawn(nodePath(), args, { stdio: ['ignore', 'inherit', 'inherit'] });
  children.add(child);
  const code = await exitOf(child);
  children.delete(child);
  return code === 1 ? scenarios.filter((scenario) => !caught(join(folder, `${scenario}.json`), metric)) : scenarios;
}

/** Did the run fail by the metric, and not for another reason alone? */
function caught(path, metric) {
  let result;
  try {
    result = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return false;
  }
  return result.problems.some((problem) => problem.startsWith(metric));
}
