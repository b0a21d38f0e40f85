// `npm run check:deploy`: the Helm chart, the alerts, the dashboard and the image. Tools are fetched side by side, and each stage begins as
// soon as its tools are there. What this machine cannot run is skipped by name; in CI that is a failure.

import { join } from 'node:path';
import { cacheFolder } from './cache.mjs';
import { CHART, checkRefusals, lintChart, renderAndValidate, valueSets } from './chart-check.mjs';
import { mustRun } from './command.mjs';
import { DEPLOY_TOOLS } from './deploy-tools.mjs';
import { checkImage, missingForImage } from './image.mjs';
import { nodePath, ROOT, setUp } from './setup.mjs';
import { Stages } from './stages.mjs';

const RULES = join(CHART, 'rules');

const stages = new Stages();
const skipped = [];
const ready = await stages.run('set-up', async (note) => {
  note(await setUp());
  return true;
});
if (ready) await everything();
console.log(stages.table());
for (const line of skipped) console.log(`\nSKIPPED on this machine, and not in CI: ${line}`);
process.exit(stages.ok ? 0 : 1);

async function everything() {
  const cache = cacheFolder();
  const tools = Object.fromEntries(
    Object.entries(DEPLOY_TOOLS).map(([name, ensure]) => [name, stages.run(name, async () => ensure(cache))]),
  );
  // The image and the dashboard want the processor for themselves, so they run one after the other.
  await Promise.all([chart(tools), alerts(tools), dashboard(tools).then(() => image(cache))]);
}

/** Runs a stage once its tools are there; without one of them it counts as not run. */
async function withTools(wanted, name, work) {
  const found = await Promise.all(wanted);
  if (found.some((tool) => tool === undefined)) stages.skip(name, 'a tool of it is missing');
  else await stages.run(name, (note) => work(note, ...found));
}

async function chart(tools) {
  await withTools([tools.helm], 'chart lint', async (note, helm) => {
    for (const name of valueSets()) await lintChart(helm, name);
    note(`${valueSets().length} sets of values`);
  });
  await withTools([tools.helm], 'chart refusals', async (note, helm) => {
    note(`${await checkRefusals(helm)} mistakes`);
  });
  await withTools([tools['helm-unittest']], 'chart tests', async (note, unittest) => {
    const output = await mustRun(unittest, [CHART]);
    note(/^Tests: +(.+)$/m.exec(output)?.[1] ?? '');
  });
  await withTools([tools.helm, tools['kube-validate']], 'chart schemas', async (note, helm, validate) => {
    await renderAndValidate(helm, validate);
    note(`${valueSets().length} sets of values`);
  });
}

async function alerts(tools) {
  await withTools([tools.prometheus], 'alerts', async (note, { promtool }) => {
    const output = await mustRun(promtool, ['check', 'rules', join(RULES, 'alerts.yaml')]);
    await mustRun(promtool, ['test', 'rules', join(RULES, 'alerts.test.yaml')]);
    const compose = join(ROOT, 'compose', 'prometheus.yaml');
    await mustRun(promtool, ['check', 'config', '--syntax-only', compose]);
    note(/\d+ rules/.exec(output)?.[0] ?? '');
  });
}

async function dashboard(tools) {
  await withTools([tools.prometheus], 'dashboard', async (note) => {
    note((await mustRun(nodePath(), [join(ROOT, 'tools', 'dashboard-check.mjs')])).trim().split('\n').at(-1));
  });
}

async function image(cache) {
  const missing = await missingForImage();
  if (missing === undefined) await stages.run('image', (note) => checkImage(cache, note));
  else if (process.env.CI) stages.skip('image', missing);
  else skipped.push(`image, the build with the Dockerfile: ${missing}`);
}
