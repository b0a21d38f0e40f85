import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A server under load, in a process of its own. */
export interface MeasuredServer {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  /** Of its GraphQL endpoint. */
  readonly path: string;
  /** What it has written to standard output. */
  output(): string;
  /** The end of what it has written to standard error. */
  errors(): string;
  /** SIGTERM, and SIGKILL to one that does not end soon: a server that was overloaded may not. Idempotent. */
  stop(): Promise<void>;
}

export interface ServerCommand {
  readonly name: string;
  readonly command: readonly string[];
  /** Finds the port in the standard output of a server that is ready. */
  readonly ready: RegExp;
  readonly environment?: Readonly<Record<string, string>>;
}

const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 3_000;
/** Children that must not outlive this process. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Resolves when the server says that it is ready. */
export async function startServer({ name, command, ready, environment = {} }: ServerCommand): Promise<MeasuredServer> {
  const [program = '', ...words] = command;
  // The settings of the surroundings are those of another gateway.
  const inherited = Object.entries(process.env).filter(([variable]) => !variable.startsWith('SLUICE_'));
  const env = { ...Object.fromEntries(inherited), NODE_ENV: 'production', ...environment };
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], env });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let output = '';
  let errors = '';
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    const port = ready.exec(output)?.[1];
    if (port !== undefined) resolve(Number(port));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4000);
  });
  const fail = (what: string): void => reject(new Error(`${name} ${what}:\n${errors}`));
  child.once('error', (error) => fail(`could not be started: ${error.message}`));
  child.once('exit', (code, signal) => fail(`ended with ${code ?? signal}`));
  const deadline = setTimeout(() => fail(`was not ready after ${START_DEADLINE_MS} ms`), START_DEADLINE_MS);
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= end(child);
    return stopped;
  };
  try {
    const port = await promise.finally(() => clearTimeout(deadline));
    return { name, pid: child.pid ?? 0, port, path: '/graphql', output: () => output, errors: () => errors, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  await gone;
  clearTimeout(deadline);
}
