import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from '../support/eventually.ts';

/** Folder of the checkout. */
export const ROOT: string = fileURLToPath(new URL('../../', import.meta.url));

/** A start of Node and of everything it loads takes this long at most on a loaded machine, in milliseconds. */
const START_DEADLINE_MS = 60_000;

/** A process of the program and what it has written so far. */
export interface Child {
  readonly process: ChildProcessWithoutNullStreams;
  stdout(): string;
  stderr(): string;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly exit: Promise<number | string | null>;
}

/** Starts a program without the `SLUICE_*` settings of the surroundings. */
export function startChild(command: string, words: readonly string[], folder: string = ROOT): Child {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^SLUICE_(?!TEST_|CACHE)/.test(name)),
  );
  const child = spawn(command, words, { cwd: folder, env: { ...environment, NO_COLOR: '1' } });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // `close` comes when the streams have ended, too.
  const exit = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string | null);
  return { process: child, stdout: () => stdout, stderr: () => stderr, exit };
}

/** Starts `sluice` from the sources. */
export function startSluice(words: readonly string[], folder: string = ROOT): Child {
  return startChild(process.execPath, [`${ROOT}src/main.ts`, ...words], folder);
}

/** Runs `sluice` to its end; `input` is its standard input. */
export async function runSluice(
  words: readonly string[],
  { folder = ROOT, input = '' }: { readonly folder?: string; readonly input?: string } = {},
): Promise<{ code: number | string | null; stdout: string; stderr: string }> {
  const child = startSluice(words, folder);
  child.process.stdin.end(input);
  return { code: await child.exit, stdout: child.stdout(), stderr: child.stderr() };
}

/** A gateway in a process of its own. */
export interface Served extends Child {
  readonly url: string;
  /** SIGTERM; resolves with the exit code. Idempotent. */
  stop(): Promise<number | string | null>;
}

/** Starts `sluice serve` on free ports, embedded, with its data in a folder; resolves when it is ready. */
export async function serveChild(dataFolder: string, words: readonly string[] = []): Promise<Served> {
  const ports = [
    ...(words.includes('--port') ? [] : ['--port', '0']),
    ...(words.includes('--admin-port') ? [] : ['--admin-port', '0']),
  ];
  const child = startSluice(['serve', ...ports, '--data-dir', dataFolder, ...words]);
  let ended = false;
  void child.exit.then(() => {
    ended = true;
  });
  const url = await eventually(() => ended || /^Sluice ready on (\S+)\n/.exec(child.stdout())?.[1], {
    deadlineMs: START_DEADLINE_MS,
    what: 'the ready line',
  });
  if (url === true) throw new Error(`The gateway ended with ${await child.exit}: ${child.stderr()}`);
  return {
    ...child,
    url,
    stop() {
      if (!ended) child.process.kill('SIGTERM');
      return child.exit;
    },
  };
}
