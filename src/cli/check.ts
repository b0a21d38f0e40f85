import type { Config } from '../config/config.ts';
import type { ConfigProblem } from '../config/config-problem.ts';
import { loadConfig } from '../config/load-config.ts';
import { originText } from '../config/origin.ts';
import { unboundDeliveries } from '../config/unbound-deliveries.ts';
import { StartError } from '../error/start-error.ts';
import { readPersisted } from '../operation/persisted/read-persisted.ts';
import type { GatewaySchema } from '../schema/gateway-schema.ts';
import type { SchemaProblem } from '../schema/schema-error.ts';
import { documentRules } from '../start-checks.ts';
import { workerProblems } from '../workers/worker-count.ts';
import type { Command, Invocation } from './command.ts';
import { EXIT_CODES } from './exit-code.ts';
import { type ReadSchema, readSchema } from './read-schema.ts';
import { reportConfigProblems, reportSchemaProblems, reportStartProblems } from './report.ts';
import { reportUsage } from './usage.ts';

/** `sluice check`. */
export const check: Command = {
  name: 'check',
  operands: '',
  summary: 'Check the schema file and the configuration, and start nothing.',
  description: [
    'Reports every problem of the configuration, of the schema, of the manifest of persisted operations and of all together, each with its place and what to write instead. ' +
      'Brokers are not contacted.',
  ],
  flags: [
    {
      name: 'json',
      placeholder: '',
      help: 'Print one JSON object: ok, and problems of the kinds config, schema and start.',
    },
  ],
  settings: true,
  examples: ['sluice check --schema my.graphql', 'sluice check --schema my.graphql --json'],
  exitCodes: [
    [0, 'the gateway can start with it'],
    [1, 'there are problems'],
    [2, 'wrong usage of this command'],
  ],
  run,
};

async function run({ flags, environment, folder, io }: Invocation): Promise<number> {
  if (flags.positionals.length > 0) {
    reportUsage(io.stderr, 'check', `it takes no words beside its flags, and there is: ${flags.positionals.join(' ')}`);
    return EXIT_CODES.usage;
  }
  const loaded = loadConfig({ flags, environment, folder });
  if (loaded.type === 'invalid') {
    if (flags.values.has('json')) io.stdout.write(`${jsonReport(loaded.problems, undefined, [])}\n`);
    else reportConfigProblems(io.stderr, loaded.problems);
    return flags.problems.length > 0 ? EXIT_CODES.usage : EXIT_CODES.failed;
  }
  const read = await readSchema(loaded.config.schemaFile, folder);
  const topics = read.type === 'schema' ? read.schema.topics.map((api) => api.topic) : [];
  const deliveries = topics.map((topic) => topic.policy.delivery);
  const unbound = unboundDeliveries(loaded.config, deliveries).map(({ message }) => message);
  const workers = workerProblems(loaded.config, deliveries);
  const manifest = read.type === 'schema' ? await manifestProblems(loaded.config, read.schema) : [];
  const start = [...unbound, ...workers, ...manifest];
  const good = read.type === 'schema' && start.length === 0;
  if (flags.values.has('json')) io.stdout.write(`${jsonReport([], read, start)}\n`);
  else {
    if (read.type === 'invalid') reportSchemaProblems(io.stderr, read.problems, read.source);
    if (read.type === 'unreadable') io.stderr.write(`${read.message}\n`);
    if (start.length > 0) reportStartProblems(io.stderr, start);
    if (good) io.stdout.write(`${read.file} is good: ${topics.map((topic) => topic.name).join(', ')}\n`);
  }
  return good ? EXIT_CODES.ok : EXIT_CODES.failed;
}

async function manifestProblems(config: Config, schema: GatewaySchema): Promise<readonly string[]> {
  try {
    await readPersisted(config, documentRules(config, schema));
    return [];
  } catch (error) {
    if (error instanceof StartError) return error.problems;
    throw error;
  }
}

function jsonReport(config: readonly ConfigProblem[], read: ReadSchema | undefined, start: readonly string[]): string {
  const schema: readonly SchemaProblem[] = read?.type === 'invalid' ? read.problems : [];
  const unreadable = read?.type === 'unreadable' ? [{ kind: 'start', message: read.message }] : [];
  const problems = [
    ...config.map(({ origin, ...problem }) => ({ kind: 'config', origin: originText(origin), ...problem })),
    ...schema.map((problem) => ({ kind: 'schema', ...problem })),
    ...unreadable,
    ...start.map((message) => ({ kind: 'start', message })),
  ];
  return JSON.stringify({ ok: problems.length === 0, problems });
}
