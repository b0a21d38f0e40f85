// `npm run load -- SCENARIO… [FLAGS]`: runs scenarios of load-tests/ by k6 and writes reports. See load-tests/README.md.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBrokers } from './brokers.mjs';
import { cacheFolder } from './cache.mjs';
import { ensureK6 } from './k6.mjs';
import { startEcho } from './load/echo.mjs';
import { startGateway } from './load/gateway.mjs';
import { writeReference } from './load/reference.mjs';
import { resultLine, resultText } from './load/report.ts';
import { runScenario } from './load/run-scenario.mjs';
import { SABOTAGES } from './load/sabotage.ts';
import { startThrottle } from './load/throttle.mjs';
import { ROOT } from './setup.mjs';
import { onStopSignal } from './stop-signal.mjs';

const LOAD_TESTS = join(ROOT, 'load-tests');
/** In the order in which `all` runs them. */
const SCENARIOS = readdirSync(join(LOAD_TESTS, 'scenarios')).map((file) => file.replace(/\.ts$/, ''));
const PROFILES = ['smoke', 'baseline', 'stress', 'spike', 'soak', 'agreement'];
const USAGE = `Usage: npm run load -- SCENARIO… [FLAGS]

Scenarios: ${SCENARIOS.join(', ')}; or all
Flags:
  --profile NAME      ${PROFILES.join(', ')} [smoke]
  --brokers WHICH     of the gateway that is started: embedded, or real: a Redis and a Kafka of their own [embedded]
  --url URL           tests the gateway at this address of /graphql and starts none
  --echo              tests a server that only passes events on, to see what k6 itself costs; fanout only
  --sabotage NAME     tests a build that is bad on purpose: ${Object.keys(SABOTAGES).join(', ')}
  --reference         also writes what load-tests/README.md shows
  --help              shows this
Sizes: LOAD_SECONDS, LOAD_ATTACH_SECONDS, LOAD_TOPICS, LOAD_SUBSCRIBERS, LOAD_RATE, LOAD_BYTES, LOAD_USERS, LOAD_DELIVERIES
Exit codes: 0 all passed, 1 something failed, 2 wrong usage`;

const toStop = [];
let stopping;
const stopAll = () => {
  stopping ??= (async () => {
    for (const stop of toStop.reverse()) await stop().catch(() => {});
  })();
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
  const chosen = readArguments();
  if (chosen === undefined) return 2;
  if (chosen.help) {
    console.log(USAGE);
    return 0;
  }
  const { scenarios, profile } = chosen;
  const k6 = await ensureK6(cacheFolder());
  const { target, against } = await startTarget(chosen);
  const slowUrl = await slowWayTo(target.url);
  const folder = join(LOAD_TESTS, 'results', [profile, chosen.sabotage].filter(Boolean).join('-'));
  console.log(`Profile ${profile}, against ${against}, ${target.url}. Reports: ${folder}`);
  const results = [];
  for (const scenario of scenarios) {
    if (stopping !== undefined) break;
    const result = await runScenario({
      ...{ k6, scenario, profile, target, against, slowUrl, folder },
      stopLater: (stop) => toStop.push(stop),
    });
    results.push(result);
    console.log(scenarios.length === 1 || result.problems.length > 0 ? resultText(result) : resultLine(result));
  }
  if (chosen.reference && results.length === scenarios.length && stopping === undefined) {
    writeReference(LOAD_TESTS, results);
  }
  const failed = results.filter(({ problems }) => problems.length > 0).map(({ scenario }) => scenario);
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
  if (scenarios.length > 1) {
    console.log(
      `${results.length - failed.length} of ${scenarios.length} scenarios passed, ${seconds.toFixed(0)} s${failed.length > 0 ? `; failed: ${failed.join(', ')}` : ''}`,
    );
  }
  return failed.length === 0 && results.length === scenarios.length ? 0 : 1;
}

/** Undefined after it has said what is wrong. */
function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      args: process.argv.slice(2),
      allowPositionals: true,
      options: {
        profile: { type: 'string', default: 'smoke' },
        brokers: { type: 'string', default: 'embedded' },
        url: { type: 'string' },
        echo: { type: 'boolean', default: false },
        sabotage: { type: 'string' },
        reference: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return values;
    const scenarios = positionals.includes('all') ? SCENARIOS : positionals;
    const unknown = scenarios.filter((scenario) => !SCENARIOS.includes(scenario));
    if (scenarios.length === 0) throw new Error('name a scenario, or all');
    if (unknown.length > 0) throw new Error(`there is no scenario ${unknown.join(', ')}`);
    if (!PROFILES.includes(values.profile)) throw new Error(`there is no profile ${values.profile}`);
    if (!['embedded', 'real'].includes(values.brokers)) throw new Error('--brokers is embedded or real');
    if (values.sabotage !== undefined && !(values.sabotage in SABOTAGES))
      throw new Error(`--sabotage is one of ${Object.keys(SABOTAGES).join(', ')}`);
    const targets = [values.url !== undefined, values.echo, values.sabotage !== undefined].filter(Boolean).length;
    if (targets > 1) throw new Error('of --url, --echo and --sabotage only one can be given');
    if (values.url !== undefined && values.brokers !== 'embedded')
      throw new Error('--brokers is for a gateway that is started here, so it cannot stand beside --url');
    if (values.echo && scenarios.some((scenario) => scenario !== 'fanout')) throw new Error('--echo takes fanout only');
    return { ...values, scenarios };
  } catch (error) {
    console.error(`load: ${error.message}.\n\n${USAGE}`);
    return undefined;
  }
}

/** Undefined where there is none: the scenario that needs it says so. */
async function slowWayTo(url) {
  if (new URL(url).protocol !== 'http:') return undefined;
  const slow = await startThrottle(url);
  toStop.push(slow.stop);
  return slow.url;
}

async function startTarget({ url, echo, brokers, sabotage }) {
  if (url !== undefined) return { target: { url }, against: url };
  if (echo) {
    const server = await startEcho();
    toStop.push(server.stop);
    return { target: server, against: 'the echo server' };
  }
  let settings;
  if (brokers === 'real') {
    const started = await startBrokers();
    toStop.push(started.stop);
    settings = {
      redisUrl: started.settings.SLUICE_TEST_REDIS_URL,
      kafkaBrokers: started.settings.SLUICE_TEST_KAFKA_BROKERS,
    };
  }
  const gateway = await startGateway({ brokers: settings, sabotage });
  toStop.push(gateway.stop);
  const what = brokers === 'real' ? 'real Redis and Kafka' : 'embedded brokers';
  return { target: gateway, against: sabotage === undefined ? what : `${what}, the bad build "${sabotage}"` };
}
