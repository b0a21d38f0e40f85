import { type Child, type Served, serveChild, startSluice } from '../cli/child.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';

/** One line of a server's log. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** A real server of several processes. */
export interface ServedWorkers extends Served {
  readonly port: number;
  log(): readonly LogLine[];
  /** Pids of the workers that came to serve, in order: the newest of each number last. */
  pids(number: number): readonly number[];
  readonly adminUrl: string;
  admin(path: string): Promise<{ readonly status: number; readonly body: string }>;
  /** Kills what is still there, for a test that failed. */
  kill(): Promise<unknown>;
  /** The value of one line of `/metrics`, labels included in the name; 0 when there is none. */
  metric(name: string): Promise<number>;
}

/** Starts `sluice serve --workers N` with more words; resolves when it is ready. */
export async function serveWorkers(
  dataFolder: string,
  count: number,
  words: readonly string[],
): Promise<ServedWorkers> {
  const adminPort = await freePort();
  const served = await serveChild(dataFolder, [
    '--workers',
    String(count),
    '--admin-port',
    String(adminPort),
    ...words,
  ]);
  const log = (): readonly LogLine[] => logLines(served);
  const pids = (number: number): readonly number[] =>
    log()
      .filter(({ message, worker }) => message === 'worker is ready' && worker === number)
      .map(({ pid }) => Number(pid));
  async function admin(path: string): Promise<{ readonly status: number; readonly body: string }> {
    const response = await fetch(`http://127.0.0.1:${adminPort}${path}`);
    return { status: response.status, body: await response.text() };
  }
  return {
    ...served,
    port: Number(new URL(served.url).port),
    log,
    pids,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    admin,
    kill() {
      // One that ended by itself has waited for its workers.
      if (served.process.exitCode !== null) return served.exit;
      served.process.kill('SIGKILL');
      for (let number = 1; number <= count; number += 1) killNow(pids(number).at(-1));
      return served.exit;
    },
    async metric(name) {
      const { body } = await admin('/metrics');
      const line = body.split('\n').find((candidate) => candidate.startsWith(`${name} `));
      return Number(line?.slice(name.length + 1) ?? 0);
    },
  };
}

/** The whole lines that a process has logged so far; what is no JSON is left out. */
export function logLines(child: Child): readonly LogLine[] {
  return child
    .stderr()
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine);
}

/** Runs `sluice serve` that should be refused; one that comes to serve all the same is killed, and told as code `ready`. */
export async function refusedServe(
  words: readonly string[],
  folder?: string,
): Promise<{ readonly code: number | string | null; readonly stdout: string; readonly stderr: string }> {
  const child = startSluice(['serve', ...words], folder);
  let ended = false;
  void child.exit.then(() => {
    ended = true;
  });
  const isReady = (): boolean => child.stdout().includes('Sluice ready');
  await eventually(() => ended || isReady(), { deadlineMs: 60_000, what: 'the end of a start' }).finally(() => {
    if (!ended) child.process.kill('SIGKILL');
  });
  const end = await child.exit;
  const code = isReady() ? 'ready' : end;
  return { code, stdout: child.stdout(), stderr: child.stderr() };
}

function killNow(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone.
  }
}

/** Waits until a process is gone. */
export async function gone(pid: number): Promise<void> {
  await eventually(
    () => {
      try {
        process.kill(pid, 0);
        return false;
      } catch {
        return true;
      }
    },
    { deadlineMs: 60_000, what: `the end of process ${pid}` },
  );
}
