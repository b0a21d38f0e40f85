// A real Prometheus scrapes a Sluice of two workers, on a real Redis and a real Kafka, under load: every panel of every dashboard must have
// data, and the alerts must load. With --picture FILE the dashboard is drawn from what its queries gave:
//   node_modules/.bin/node tools/dashboard-check.mjs --picture docs/dashboard.svg

import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startBrokers } from './brokers.mjs';
import { cacheFolder } from './cache.mjs';
import { startLoad } from './dashboard/load.mjs';
import { DASHBOARDS, queryPanel, readPanels } from './dashboard/panels.mjs';
import { dashboardPicture } from './dashboard/picture.mjs';
import { freePort } from './kafka.mjs';
import { ensurePrometheus } from './prometheus.mjs';
import { nodePath, ROOT } from './setup.mjs';
import { onStopSignal } from './stop-signal.mjs';

const LOAD_SECONDS = 40;
const SCRAPE_SECONDS = 1;
const RATE_INTERVAL = '5s';
const START_DEADLINE_MS = 120_000;

const toStop = [];
let stopping;
const stopAll = () => {
  stopping ??= (async () => {
    for (const stop of toStop.reverse()) await stop().catch((error) => console.error(error.message));
  })();
  return stopping;
};
onStopSignal(stopAll);

let code = 1;
try {
  code = await main();
} catch (error) {
  console.error(`dashboard: ${error.message}${error.cause === undefined ? '' : `: ${error.cause.message}`}`);
}
await stopAll();
process.exit(code);

async function main() {
  const { values } = parseArgs({ options: { picture: { type: 'string' } } });
  const folder = mkdtempSync(join(tmpdir(), 'sluice-dashboard-'));
  toStop.push(async () => rmSync(folder, { recursive: true, force: true }));
  const programs = await ensurePrometheus(cacheFolder());
  // Brokers of its own: it breaks a link of all their clients.
  const environment = { ...process.env, SLUICE_TEST_REDIS_URL: '', SLUICE_TEST_KAFKA_BROKERS: '' };
  const brokers = await startBrokers(environment);
  toStop.push(brokers.stop);
  const gateway = await startSluice(folder, brokers.settings);
  const prometheus = await startPrometheus(folder, programs.prometheus, gateway.adminPort);
  toStop.push(async () => {
    if (code !== 0) console.error(`What Sluice said:\n${gateway.output().slice(-4_000)}`);
  });
  const stopLoad = await startLoad({
    url: gateway.url,
    redisUrl: brokers.settings.SLUICE_TEST_REDIS_URL,
    redisCli: brokers.settings.SLUICE_TEST_REDIS_CLI,
  });
  await delay(LOAD_SECONDS * 1_000);
  const end = Math.floor(Date.now() / 1_000);
  const range = { start: end - LOAD_SECONDS, end, step: SCRAPE_SECONDS };
  const alerts = await checkAlerts(prometheus);
  const { drawn, missing } = await queryAll(prometheus, range);
  await stopLoad();
  for (const message of missing) console.error(message);
  if (missing.length > 0) throw new Error(`${missing.length} panels have no data.`);
  if (values.picture !== undefined) writeFileSync(values.picture, dashboardPicture('Sluice', drawn, range));
  console.log(`${drawn.length} panels have data, ${alerts} alerts load`);
  return 0;
}

async function queryAll(prometheus, range) {
  const drawn = [];
  const missing = [];
  for (const file of readdirSync(DASHBOARDS)) {
    for (const panel of readPanels(join(DASHBOARDS, file))) {
      try {
        drawn.push({ panel, series: await queryPanel(prometheus, panel, range, RATE_INTERVAL) });
      } catch (error) {
        missing.push(error.message);
      }
    }
  }
  return { drawn, missing };
}

/** Every rule was evaluated without an error. */
async function checkAlerts(prometheus) {
  const { data } = await (await fetch(`${prometheus}/api/v1/rules`)).json();
  const rules = data.groups.flatMap((group) => group.rules);
  const bad = rules.filter((rule) => rule.health !== 'ok');
  if (rules.length === 0 || bad.length > 0) {
    throw new Error(
      `Alerts that Prometheus cannot evaluate: ${bad.map(({ name, lastError }) => `${name} ${lastError}`)}`,
    );
  }
  return rules.length;
}

async function startSluice(folder, settings) {
  const adminPort = await freePort();
  const args = [
    ...[
      '--disable-warning=TimeoutNegativeWarning',
      'src/main.ts',
      'serve',
      '--workers',
      '2',
      '--port',
      '0',
      '--admin-port',
      String(adminPort),
    ],
    ...['--redis-url', settings.SLUICE_TEST_REDIS_URL, '--kafka-brokers', settings.SLUICE_TEST_KAFKA_BROKERS],
    ...['--create-topics', '--data-dir', join(folder, 'data')],
  ];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SLUICE_')));
  const child = started(nodePath(), args, { cwd: ROOT, env });
  const url = await child.said(/^Sluice ready on (\S+)$/m, 'Sluice');
  return { url, adminPort, output: child.output };
}

async function startPrometheus(folder, program, adminPort) {
  const port = await freePort();
  copyFileSync(join(ROOT, 'helm', 'sluice', 'rules', 'alerts.yaml'), join(folder, 'alerts.yaml'));
  const configuration = {
    global: { scrape_interval: `${SCRAPE_SECONDS}s`, evaluation_interval: '1s' },
    rule_files: ['alerts.yaml'],
    scrape_configs: [{ job_name: 'sluice', static_configs: [{ targets: [`127.0.0.1:${adminPort}`] }] }],
  };
  const file = join(folder, 'prometheus.yaml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(configuration));
  const listen = `--web.listen-address=127.0.0.1:${port}`;
  const child = started(program, [`--config.file=${file}`, `--storage.tsdb.path=${join(folder, 'series')}`, listen]);
  await child.said(/(Server is ready)/, 'Prometheus');
  return `http://127.0.0.1:${port}`;
}

/** Starts a program that is stopped in the end; `said` waits for a line of it, and for its first group. */
function started(program, args, options = {}) {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (exitCode, signal) => resolve(exitCode ?? signal));
  });
  toStop.push(async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
    await ended;
    clearTimeout(timer);
  });
  let output = '';
  const hear = (text) => {
    output += text;
  };
  child.stdout.setEncoding('utf8').on('data', hear);
  child.stderr.setEncoding('utf8').on('data', hear);
  return {
    output: () => output,
    async said(pattern, name) {
      let end;
      ended.then((how) => {
        end = how;
      });
      const deadline = performance.now() + START_DEADLINE_MS;
      for (;;) {
        const found = pattern.exec(output);
        if (found !== null) return found[1];
        if (end !== undefined) throw new Error(`${name} ended with ${end}:\n${output.slice(-4_000)}`);
        if (performance.now() > deadline) throw new Error(`${name} is not ready:\n${output.slice(-4_000)}`);
        await delay(100);
      }
    },
  };
}
