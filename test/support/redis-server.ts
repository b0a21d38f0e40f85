import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

const run = promisify(execFile);

export interface RedisServerOptions {
  /** Default: a free loopback port. It stays the same over restarts. */
  readonly port?: number;
  /** More settings as `redis-server` takes them on its command line, for example `['--maxmemory', '2mb']`. */
  readonly args?: readonly string[];
}

/** A real Redis of the test's own, on loopback, in a temporary folder, without persistence unless its arguments ask for it. */
export interface RedisServer {
  /** `redis://127.0.0.1:port` */
  readonly url: string;
  readonly port: number;
  /** Of the process that runs now; changes at a restart. */
  readonly pid: number;
  /** SIGTERM and wait; the temporary folder goes too. Idempotent. */
  stop(): Promise<void>;
  /** SIGKILL and wait; the folder stays, for `restart()`. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** Starts it again on the same port and folder, after `kill()` or from running (SIGTERM first). */
  restart(): Promise<void>;
  /** Runs `redis-cli` against it, a client that shares no code with ours, and gives its standard output without the last newline. */
  cli(...args: readonly string[]): Promise<string>;
  /** How often it has run a command, as INFO commandstats counts: `calls('xread')`. */
  calls(command: string): Promise<number>;
  /** As `cli`, with bytes on its standard input: with the argument `-x` they become the last argument of the command. */
  cliWithInput(input: Buffer, ...args: readonly string[]): Promise<string>;
}

/** Starts a Redis and waits until it answers. The binary: `SLUICE_TEST_REDIS_SERVER`, else `redis-server` from PATH. */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const binary = process.env['SLUICE_TEST_REDIS_SERVER'] ?? 'redis-server';
  const port = options.port ?? (await freePort());
  const folder = await mkdtemp(join(tmpdir(), 'sluice-redis-'));
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  args.push('--daemonize', 'no', ...(options.args ?? []));

  let child: ChildProcess | undefined;
  let stopped: Promise<void> | undefined;

  const start = async (): Promise<void> => {
    const started = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-4000);
    };
    started.stdout.on('data', collect);
    started.stderr.on('data', collect);
    let failure: Error | undefined;
    started.once('error', (error) => {
      failure = new Error(
        `${binary} did not start; install Redis 7 or set SLUICE_TEST_REDIS_SERVER to its path: ${error.message}`,
      );
    });
    started.once('exit', (code, signal) => {
      failure ??= new Error(`${binary} ended (${code ?? signal}) before it was asked to:\n${output}`);
    });
    await eventually(async () => (failure !== undefined ? true : await answers(port)), {
      what: 'an answer of redis-server',
    });
    if (failure !== undefined) throw failure;
  };

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = once(ending, 'exit');
    // A stopped process does not act on SIGTERM before it goes on.
    ending.kill('SIGCONT');
    ending.kill(signal);
    await gone;
  };

  const running = (): ChildProcess => {
    if (child === undefined) throw new Error('this Redis is not running');
    return child;
  };

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return running().pid ?? 0;
    },
    stop() {
      stopped ??= end('SIGTERM').then(() => rm(folder, { recursive: true, force: true }));
      return stopped;
    },
    kill: () => end('SIGKILL'),
    pause() {
      running().kill('SIGSTOP');
    },
    resume() {
      running().kill('SIGCONT');
    },
    async restart() {
      await end('SIGTERM');
      await start();
    },
    cli: (...command) => cli(port, Buffer.alloc(0), command),
    async calls(command) {
      const stats = await cli(port, Buffer.alloc(0), ['INFO', 'commandstats']);
      return Number(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, 'm').exec(stats)?.[1] ?? 0);
    },
    cliWithInput: (input, ...command) => cli(port, input, command),
  };
}

/** Does something at the port answer PING? Asked on a bare socket. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2000, () => settle(false));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (reply) =>
      settle(reply.toString('latin1').startsWith('+PONG') || reply.toString('latin1').startsWith('-NOAUTH')),
    );
  });
}

async function cli(port: number, input: Buffer, command: readonly string[]): Promise<string> {
  // -e: an error reply is an exit code. --no-raw is not given, so values come as they are.
  const running = run('redis-cli', ['-e', '-p', String(port), ...command], { maxBuffer: 256 * 1024 * 1024 });
  // redis-cli without -x may be gone before its input is.
  running.child.stdin?.on('error', () => {});
  running.child.stdin?.end(input);
  const { stdout } = await running;
  return stdout.replace(/\n$/, '');
}
