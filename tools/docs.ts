// Writes docs/configuration.md, docs/cli.md and docs/metrics.md from the tables that the program itself reads: `node tools/docs.ts`.
// A test compares the files with these texts.
import { writeFileSync } from 'node:fs';
import { COMMANDS } from '../src/cli/commands.ts';
import { commandHelp, programHelp } from '../src/cli/help.ts';
import { OPTION_LIST } from '../src/config/options.ts';
import { metricsReference } from './metrics-reference.ts';

const GENERATED = '<!-- Written by tools/docs.ts; change that, or the tables it reads. -->';

/** Width of help in the reference. */
const COLUMNS = 100;

/** Text of docs/configuration.md. */
export function configurationReference(): string {
  const rows = OPTION_LIST.map(([, { name, variable, path, type, fallbackText, help }]) => {
    const flag = type.placeholder === '' ? `--${name}` : `--${name} ${type.placeholder}`;
    const key = path === undefined ? '' : `\`${path.join('.')}\``;
    return `| \`${flag.replaceAll('|', '\\|')}\` | \`${variable}\` | ${key} | ${fallbackText} | ${help} |`;
  });
  return `${GENERATED}
# Configuration

Every setting can be given in three places. When several give it, the first of these wins:

1. a flag of \`sluice serve\`, \`check\`, \`print-schema\` or \`topics\`: \`--port 8080\` or \`--port=8080\`; a switch is turned off by \`--dev=false\`;
2. an environment variable: \`SLUICE_PORT=8080\`;
3. the file \`sluice.yaml\` in the current folder, or the file that \`--config\` names.

| flag | variable | in sluice.yaml | default | what it does |
|---|---|---|---|---|
${rows.join('\n')}

A file with everything that a production deployment needs:

\`\`\`yaml
schema: schema.graphql
host: 0.0.0.0
auth: none
admin:
  host: 0.0.0.0
redis:
  url: redis://redis:6379
kafka:
  brokers: [kafka-1:9092, kafka-2:9092, kafka-3:9092]
\`\`\`

## Rules

- **Nothing is ignored.** An unknown flag, an unknown \`SLUICE_*\` variable, an unknown key, an empty value and a value that cannot be read
  are errors, and all are reported at once. (\`SLUICE_TEST_*\` and \`SLUICE_CACHE\` belong to the tests and are left alone.) Secrets are shown as \`***\`.
- Kubernetes gives every pod variables for the Services of its namespace, \`SLUICE_PORT=tcp://…\` among them when a Service is called
  \`sluice\`: set \`enableServiceLinks: false\` in the pod.
- Relative paths in flags and variables start at the current folder, those in the file at the folder of the file.
- \`sluice check\` tells whether a configuration and a schema are good, without starting anything.

## Brokers

| delivery of a topic | broker | setting | without it |
|---|---|---|---|
| EPHEMERAL | Redis Pub/Sub | \`SLUICE_REDIS_URL\` | in memory |
| BUFFERED | Redis Streams | \`SLUICE_REDIS_URL\` | a log in the data folder |
| DURABLE | Kafka | \`SLUICE_KAFKA_BROKERS\` | a log in the data folder, synced before it is acknowledged |

Without its broker a delivery is **embedded**: its events live in this process and its data folder. That is for development, so it
happens by itself only when \`host\` is a loopback address. On any other host the gateway refuses to start until the broker is bound or
\`--embedded\` is given: a pod that lost its settings must not acknowledge events into its own disk.

## Hosts and authentication

There is no authentication yet. So a host that is not loopback, for \`/graphql\` or for the admin listener, needs \`auth: none\`
(\`--auth none\`, \`SLUICE_AUTH=none\`) written explicitly: everyone who reaches the port may then publish and subscribe. The gateway warns
of it at every start. On such a host clients have limits by their address, and introspection is off, unless the settings say otherwise:
[limits.md](limits.md).
`;
}

/** Text of docs/cli.md. */
export function cliReference(): string {
  const fence = (text: string): string => `\`\`\`text\n${text}\`\`\`\n`;
  const commands = COMMANDS.map((command) => `## sluice ${command.name}\n\n${fence(commandHelp(command, COLUMNS))}`);
  return `${GENERATED}
# The command line

In a checkout, \`./sluice\` is the program, and \`npm start -- FLAGS\` is \`./sluice serve FLAGS\`. What follows is what \`--help\` prints;
[configuration.md](configuration.md) has the settings.

${fence(programHelp(COMMANDS, COLUMNS))}
Results go to stdout, everything else to stderr. Colour is used on terminals only, and never when \`NO_COLOR\` is set.

${commands.join('\n')}`;
}

if (import.meta.main) {
  const docs = new URL('../docs/', import.meta.url);
  writeFileSync(new URL('configuration.md', docs), configurationReference());
  writeFileSync(new URL('cli.md', docs), cliReference());
  writeFileSync(new URL('metrics.md', docs), await metricsReference());
}
