import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Config } from '../config/config.ts';
import { OPTIONS } from '../config/options.ts';
import { packageFolder } from '../config/package-folder.ts';
import { StartError } from '../error/start-error.ts';
import { LogThreshold } from '../log/log-threshold.ts';
import type { Logger } from '../log/logger.ts';
import { SchemaError } from '../schema/schema-error.ts';
import { systemClock } from '../time/clock.ts';
import type { Serving } from '../workers/serve-gateway.ts';
import type { Command, Invocation } from './command.ts';
import { DEFAULT_URL } from './default-url.ts';
import { EXAMPLE_LINES } from './example-lines.ts';
import { EXIT_CODES } from './exit-code.ts';
import type { CliIo } from './io.ts';
import { readSettings } from './read-settings.ts';
import { readyLines } from './ready-lines.ts';
import { Reloads } from './reloads.ts';
import { reportSchemaProblems, reportStartProblems } from './report.ts';
import { shellQuote } from './shell-quote.ts';
import { shownPath } from './shown-path.ts';
import { WORKER_WORD } from './worker.ts';

/** `sluice serve`. */
export const serve: Command = {
  name: 'serve',
  operands: '',
  summary: 'Start the gateway.',
  description: [
    'Serves /graphql over HTTP, WebSocket and SSE, and metrics and health on the admin port. When it is ready, one line on stdout says so: ' +
      '"Sluice ready on http://127.0.0.1:4000/graphql", with lines to try below it. Log lines go to stderr: for people on a terminal, JSON otherwise.',
    'SIGHUP, or a change of the schema file, of sluice.yaml or of the manifest of persisted operations, has these files read again: the log tells what changed, and what needs a restart. ' +
      'Subscriptions that still fit see nothing of it; files with problems are told and not used.',
    'SIGTERM or SIGINT drains and stops: publishes in flight are answered, clients are told to connect again elsewhere. A second signal stops at once.',
  ],
  flags: [],
  settings: true,
  examples: [
    'sluice serve',
    'sluice serve --schema my.graphql --port 8080',
    'SLUICE_REDIS_URL=redis://localhost SLUICE_KAFKA_BROKERS=localhost:9092 sluice serve --dev',
  ],
  exitCodes: [
    [0, 'stopped by a signal, after draining'],
    [1, 'it cannot start: the schema, a port or a broker; or a worker ended again and again'],
    [2, 'wrong usage or configuration'],
    [70, 'a bug'],
  ],
  run,
};

async function run(invocation: Invocation): Promise<number> {
  const { folder, io } = invocation;
  const config = readSettings(invocation, 'serve');
  if (config === undefined) return EXIT_CODES.usage;
  const { createLogger } = await import('./logger.ts');
  const threshold = new LogThreshold(config.logLevel);
  const log = createLogger(io.stderr, systemClock, threshold);
  const stop = listenForStop(io);
  let reloads: Reloads | undefined;
  try {
    const gateway = await start(config, log, threshold, invocation);
    if (gateway === undefined) return EXIT_CODES.failed;
    io.stdout.write(`Sluice ready on ${gateway.url}\n${linesToTry(config, gateway, folder)}`);
    reloads = new Reloads({ invocation, config, serving: gateway, log });
    const why = await Promise.race([stop.asked.then(() => 'signal'), gateway.failed.then(() => 'failure')]);
    log.info('draining: a second signal stops at once');
    await gateway.close();
    return why === 'signal' ? EXIT_CODES.ok : EXIT_CODES.failed;
  } finally {
    reloads?.close();
    stop.end();
  }
}

/** The program itself, as TypeScript in a checkout and as JavaScript in a build. */
function programFile(): URL {
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
  return new URL(`../main${extension}`, import.meta.url);
}

async function start(
  config: Config,
  log: Logger,
  threshold: LogThreshold,
  { folder, io }: Invocation,
): Promise<Serving | undefined> {
  // Loaded here: it brings all drivers, which no other command should wait for.
  const { serveGateway } = await import('../workers/serve-gateway.ts');
  try {
    return await serveGateway(config, log, { file: programFile(), words: [WORKER_WORD] }, threshold);
  } catch (error) {
    if (error instanceof SchemaError) {
      const file = shownPath(config.schemaFile, folder);
      const problems = error.problems.map((problem) => ({ ...problem, file }));
      reportSchemaProblems(io.stderr, problems, await readFile(config.schemaFile, 'utf8'));
    } else if (error instanceof StartError) reportStartProblems(io.stderr, error.problems);
    else throw error;
    return undefined;
  }
}

/** Commands that work when pasted into the shell that started the gateway. */
function linesToTry(config: Config, gateway: Serving, folder: string): string {
  const home = relative(folder, packageFolder);
  const program = home === '' ? './sluice' : join(home, 'sluice');
  const example = config.schemaFile === OPTIONS.schema.fallback;
  const at = gateway.url === DEFAULT_URL ? [] : ['--url', gateway.url];
  const lines = example
    ? EXAMPLE_LINES.map((words) => [program, ...words, ...at].map(shellQuote).join(' '))
    : readyLines({
        schema: gateway.schema,
        program,
        url: gateway.url,
        defaultUrl: DEFAULT_URL,
        now: systemClock.now(),
      });
  const demo = example ? [home === '' ? 'npm run demo' : `npm --prefix ${shellQuote(home)} run demo`] : [];
  return [...lines, ...demo].map((line) => `  ${line}\n`).join('');
}

/** Waits for the first signal; the second one ends the process. */
function listenForStop(io: CliIo): { readonly asked: Promise<void>; end(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let signals = 0;
  const end = io.onSignal(() => {
    signals += 1;
    if (signals === 1) resolve();
    else io.exit(EXIT_CODES.failed);
  });
  return { asked: promise, end };
}
