// What must hold of the Helm chart, for every set of values in helm/sluice/ci: it lints, it renders what the schemas of Kubernetes and of
// prometheus-operator allow, and what it renders is safe. And what is wrong is refused with a message that says what.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './command.mjs';
import { KUBERNETES_SCHEMAS } from './kubectl-validate.mjs';
import { ROOT } from './setup.mjs';

export const CHART = join(ROOT, 'helm', 'sluice');
const VALUES = join(CHART, 'ci');
const CRDS = join(ROOT, 'helm', 'crds-for-checks');
/** Helm built from source believes in a much older Kubernetes. */
const KUBERNETES = ['--kube-version', `${KUBERNETES_SCHEMAS}.0`];
const GOOD = join(VALUES, 'redis-and-kafka-values.yaml');

/** Values that values.schema.json refuses, on top of good ones, and what Helm must say. */
const REFUSED = [
  { settings: ['auth='], says: /at '\/auth': value must be 'none'/ },
  { settings: ['replicas=3'], says: /'replicas' not allowed/ },
  { settings: ['replicaCount=many'], says: /at '\/replicaCount': got string, want integer/ },
  {
    settings: ['kafka.existingSecret=', 'kafka.brokers={kafka}'],
    says: /at '\/kafka\/brokers\/0': 'kafka' does not match/,
  },
  { settings: ['ports.public=80'], says: /at '\/ports\/public': minimum: got 80, want 1,024/ },
  { settings: ['workers=0'], says: /at '\/workers': minimum: got 0, want 1/ },
  { settings: ['image.digest=latest'], says: /at '\/image\/digest': 'latest' does not match/ },
  { settings: ['ingress.controller=apache'], says: /at '\/ingress\/controller': value must be one of 'nginx'/ },
  {
    settings: ['autoscaling.cpuUtilization=150'],
    says: /at '\/autoscaling\/cpuUtilization': maximum: got 150, want 100/,
  },
  { settings: ['embedded.persistence.size=big'], says: /at '\/embedded\/persistence\/size': 'big' does not match/ },
];

/** The names of the value sets. */
export function valueSets() {
  return readdirSync(VALUES).sort();
}

/** @param {string} helm path of the program */
export async function lintChart(helm, name) {
  await mustPass(helm, ['lint', '--strict', CHART, '-f', join(VALUES, name)]);
}

/**
 * Renders all sets, looks at what came out, and validates it.
 * @param {string} helm
 * @param {string} kubectlValidate
 */
export async function renderAndValidate(helm, kubectlValidate) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-manifests-'));
  try {
    for (const name of valueSets()) {
      const text = await mustPass(helm, ['template', 'check', CHART, '-f', join(VALUES, name), ...KUBERNETES]);
      await checkRendered(text).catch((error) => {
        throw new Error(`${name}: ${error.message}`);
      });
      writeFileSync(join(folder, name), text);
    }
    await mustPass(kubectlValidate, ['--version', KUBERNETES_SCHEMAS, '--local-crds', CRDS, folder]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns {Promise<number>} how many wrong values were refused */
export async function checkRefusals(helm) {
  for (const { settings, says } of REFUSED) {
    const given = settings.flatMap((setting) => ['--set', setting]);
    const { code, output } = await runCommand(helm, ['template', 'check', CHART, '-f', GOOD, ...given, ...KUBERNETES]);
    if (code === 0) throw new Error(`The chart renders with ${settings.join(' ')}, and should refuse it.`);
    if (!says.test(output)) throw new Error(`The refusal of ${settings.join(' ')} does not say ${says}:\n${output}`);
  }
  return REFUSED.length;
}

async function mustPass(program, args) {
  const { code, output } = await runCommand(program, args);
  if (code !== 0) throw new Error(`${program} ${args[0]} failed:\n${output.trimEnd()}`);
  return output;
}

/** What must hold for any values: probes on the admin port, no way to more rights, no broker URL in the open, room to drain. */
async function checkRendered(text) {
  const { parseAllDocuments } = await import('yaml');
  const documents = parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  });
  const all = (kind) => documents.filter((document) => document?.kind === kind);
  const [{ spec }] = all('Deployment');
  const pod = spec.template.spec;
  const [container] = pod.containers;
  const ports = new Map(container.ports.map((port) => [port.name, port.containerPort]));
  const variables = new Map(container.env.map((variable) => [variable.name, variable]));
  const publicServices = all('Service').filter((service) => service.spec.clusterIP !== 'None');
  const waits =
    Number(container.lifecycle.preStop.exec.command[1]) + Number(variables.get('SLUICE_DRAIN_SECONDS').value);
  const facts = {
    'the three probes ask the admin port': ['startupProbe', 'livenessProbe', 'readinessProbe'].every(
      (probe) => container[probe].httpGet.port === 'admin',
    ),
    'the one Service of clients leads to the public port only':
      publicServices.length === 1 && publicServices[0].spec.ports.every((port) => port.targetPort === 'public'),
    'the ports are those that Sluice is told':
      variables.get('SLUICE_PORT').value === String(ports.get('public')) &&
      variables.get('SLUICE_ADMIN_PORT').value === String(ports.get('admin')),
    'no pod is root or can become it': [pod, ...all('Pod').map((other) => other.spec)].every(isRestricted),
    'the Redis URL comes from a Secret': variables.get('SLUICE_REDIS_URL')?.value === undefined,
    'no variable is given twice': variables.size === container.env.length,
    'Kubernetes sets no SLUICE_ variables': pod.enableServiceLinks === false,
    'no token is mounted': pod.automountServiceAccountToken === false,
    'there is time to drain': pod.terminationGracePeriodSeconds >= waits + 10,
  };
  const broken = Object.entries(facts).filter(([, holds]) => !holds);
  if (broken.length > 0) throw new Error(`Not so in what was rendered: ${broken.map(([fact]) => fact).join('; ')}.`);
}

/** Pod Security Standard "restricted", and a root file system that cannot be written. */
function isRestricted({ securityContext, containers, volumes = [] }) {
  return (
    securityContext.runAsNonRoot === true &&
    securityContext.seccompProfile.type === 'RuntimeDefault' &&
    volumes.every((volume) => volume.hostPath === undefined) &&
    containers.every(
      ({ securityContext: own }) =>
        own.allowPrivilegeEscalation === false &&
        own.readOnlyRootFilesystem === true &&
        own.privileged !== true &&
        own.capabilities.drop.includes('ALL'),
    )
  );
}
