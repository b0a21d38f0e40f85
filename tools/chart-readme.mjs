// Writes helm/sluice/README.md from the chart's values.yaml, whose comments are the descriptions: `node tools/chart-readme.mjs`.
// A test compares the file with this text.

import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './setup.mjs';

const CHART = join(ROOT, 'helm', 'sluice');
export const CHART_README = join(CHART, 'README.md');

/**
 * @typedef {object} ValueRow
 * @property {string} name with dots: `image.tag`
 * @property {string | undefined} fallback as JSON; undefined for a group of values
 * @property {string} description
 */

/** @returns {Promise<string>} the text of the chart's README.md */
export async function chartReadme() {
  const { parse } = await import('yaml');
  const text = readFileSync(join(CHART, 'values.yaml'), 'utf8');
  const schema = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8'));
  const rows = valueRows(parse(text), schema, valueComments(text));
  const lines = rows.map(({ name, fallback, description }) => {
    const shown = fallback === undefined ? '' : `\`${fallback.replaceAll('|', '\\|')}\``;
    return `| \`${name}\` | ${shown} | ${description.replaceAll('|', '\\|')} |`;
  });
  return `${HEAD}\n| value | default | what it does |\n|---|---|---|\n${lines.join('\n')}\n`;
}

/**
 * One row for each value that can be set, and one for each group that has a comment of its own.
 * @returns {ValueRow[]}
 */
export function valueRows(values, schema, comments, above = '') {
  return Object.entries(values).flatMap(([key, value]) => {
    const name = `${above}${key}`;
    const description = comments.get(name) ?? '';
    const inside = schema.properties[key];
    // What has no names of its own in the schema is one value: labels, resources, lists.
    if (inside?.properties === undefined) return [{ name, fallback: JSON.stringify(value), description }];
    const group = description === '' ? [] : [{ name, fallback: undefined, description }];
    return [...group, ...valueRows(value, inside, comments, `${name}.`)];
  });
}

/**
 * The comment above each key, its lines joined.
 * @param {string} text a YAML file of block maps
 * @returns {Map<string, string>} by dotted name
 */
export function valueComments(text) {
  const comments = new Map();
  /** The keys around the current line, with how far each is indented. */
  let around = [];
  let comment = [];
  for (const line of text.split('\n')) {
    const [, indent, rest] = /^( *)(.*)$/.exec(line);
    if (rest.startsWith('#')) {
      comment.push(rest.slice(1).trim());
      continue;
    }
    const key = /^([A-Za-z]\w*):/.exec(rest)?.[1];
    if (key !== undefined) {
      around = [...around.filter((outer) => outer.indent < indent.length), { key, indent: indent.length }];
      if (comment.length > 0) comments.set(around.map((outer) => outer.key).join('.'), comment.join(' '));
    }
    comment = [];
  }
  return comments;
}

const HEAD = `<!-- Written by tools/chart-readme.mjs from values.yaml; change that. -->
# The Helm chart of Sluice

\`\`\`sh
kubectl create secret generic brokers \\
  --from-literal=redis-url=redis://redis:6379 --from-literal=kafka-brokers=kafka-0.kafka:9092,kafka-1.kafka:9092
helm install sluice helm/sluice --set image.repository=registry.example.com/sluice --set auth=none \\
  --set redis.existingSecret=brokers --set kafka.existingSecret=brokers \\
  --set-file schema.text=schema.graphql
helm test sluice
\`\`\`

Made by it: a Deployment and its Service, a ConfigMap for the schema and one for \`settings\`, a ServiceAccount without rights, a
PodDisruptionBudget; and where they are enabled an Ingress with timeouts for WebSockets, a HorizontalPodAutoscaler on connections and
CPU, a NetworkPolicy, a ServiceMonitor, a PrometheusRule, dashboards for Grafana. Pods run as a user without rights on a read-only root
file system (Pod Security Standard \`restricted\`).

[docs/operations.md](../../docs/operations.md) is about sizes, scaling out, upgrades, and what to do for each alert. \`ci/\` has five sets of
values to begin with. A value that no pod could serve with is refused before anything is installed, and says why.

## Values
`;

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  writeFileSync(CHART_README, await chartReadme());
}
