// `npm run check:deploy`: the Helm chart lints, renders what it should for two sets of values, and refuses what no pod could serve.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache.mjs';
import { runCommand } from './command.mjs';
import { ensureHelm } from './helm.mjs';
import { ROOT, setUp } from './setup.mjs';
import { Stages } from './stages.mjs';

const CHART = join(ROOT, 'helm', 'sluice');
const VALUES = join(CHART, 'ci');
/** Helm built from source believes in a much older Kubernetes. */
const KUBERNETES = ['--kube-version', '1.30.0'];
const GOOD = join(VALUES, 'redis-and-kafka-values.yaml');

/** Settings on top of good values, and what the refusal must say. */
const REFUSED = [
  { settings: ['--set', 'auth='], says: /auth/ },
  { settings: ['--set', 'schema.text='], says: /There is no schema/ },
  { settings: ['--set', 'redis.existingSecret=', '--set', 'kafka.existingSecret='], says: /No broker is bound/ },
  { settings: ['--set', 'kafka.brokers={kafka:9092}'], says: /both given/ },
  { settings: ['--set', 'kafka.existingSecret=', '--set', 'kafka.brokers={kafka}'], says: /kafka/ },
  { settings: ['--set', 'ports.admin=4000'], says: /admin port must be apart/ },
  { settings: ['--set', 'preStopSeconds=25'], says: /terminationGracePeriodSeconds/ },
  { settings: ['--set', 'replicas=3'], says: /replicas/ },
];

const stages = new Stages();
await stages.run('set-up', async (note) => note(await setUp()));
const helm = await stages.run('helm', () => ensureHelm(cacheFolder()));
if (helm === undefined) stages.skip('chart', 'it needs helm');
else {
  for (const name of readdirSync(VALUES).sort()) {
    const file = join(VALUES, name);
    await stages.run('lint', async (note) => {
      note(name);
      await mustPass(['lint', '--strict', CHART, '-f', file]);
    });
    await stages.run('render', async (note) => {
      note(name);
      await checkRendered(await mustPass(['template', 'check', CHART, '-f', file, ...KUBERNETES]));
    });
  }
  await stages.run('refusals', async (note) => {
    for (const { settings, says } of REFUSED) await mustRefuse(settings, says);
    note(`${REFUSED.length} mistakes`);
  });
}
console.log(stages.table());
process.exit(stages.ok ? 0 : 1);

async function mustPass(args) {
  const { code, output } = await runCommand(helm, args);
  if (code !== 0) throw new Error(`helm ${args[0]} failed:\n${output.trimEnd()}`);
  return output;
}

async function mustRefuse(settings, says) {
  const { code, output } = await runCommand(helm, ['template', 'check', CHART, '-f', GOOD, ...settings, ...KUBERNETES]);
  if (code === 0) throw new Error(`The chart renders with ${settings.join(' ')}, and should refuse it.`);
  if (!says.test(output)) throw new Error(`The refusal of ${settings.join(' ')} does not say ${says}:\n${output}`);
}

/** What must hold for any values: probes on the admin port, no way to more rights, no broker URL in the open, room to drain. */
async function checkRendered(text) {
  const { parseAllDocuments } = await import('yaml');
  const documents = parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  });
  const one = (kind) => {
    const found = documents.filter((document) => document?.kind === kind);
    if (found.length !== 1) throw new Error(`There must be one ${kind}, and there are ${found.length}.`);
    return found[0];
  };
  const pod = one('Deployment').spec.template.spec;
  const [container] = pod.containers;
  const ports = new Map(container.ports.map((port) => [port.name, port.containerPort]));
  const variables = new Map(container.env.map((variable) => [variable.name, variable]));
  const facts = {
    'the three probes ask the admin port': ['startupProbe', 'livenessProbe', 'readinessProbe'].every(
      (probe) => container[probe].httpGet.port === 'admin',
    ),
    'the Service leads to the public port only': one('Service').spec.ports.every(
      (port) => port.targetPort === 'public',
    ),
    'the ports are those that Sluice is told':
      variables.get('SLUICE_PORT').value === String(ports.get('public')) &&
      variables.get('SLUICE_ADMIN_PORT').value === String(ports.get('admin')),
    'the pod is not root and cannot become it':
      pod.securityContext.runAsNonRoot === true &&
      container.securityContext.allowPrivilegeEscalation === false &&
      container.securityContext.readOnlyRootFilesystem === true &&
      container.securityContext.capabilities.drop.includes('ALL') &&
      pod.securityContext.seccompProfile.type === 'RuntimeDefault',
    'the Redis URL comes from a Secret': variables.get('SLUICE_REDIS_URL')?.value === undefined,
    'Kubernetes sets no SLUICE_ variables': pod.enableServiceLinks === false,
    'no token is mounted': pod.automountServiceAccountToken === false,
    'there is time to drain': pod.terminationGracePeriodSeconds >= 15,
  };
  const broken = Object.entries(facts).filter(([, holds]) => !holds);
  if (broken.length > 0) throw new Error(`Not so in what was rendered: ${broken.map(([fact]) => fact).join('; ')}.`);
}
