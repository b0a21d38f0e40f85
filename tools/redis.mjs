// A real Redis for tests and development: found on PATH or in the cache, else taken out of the distribution's packages.
// The packages are unpacked into the cache and never installed, so that no service starts and no right is needed.

import { spawn } from 'node:child_process';
import { chmodSync, closeSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cached } from './cache.mjs';
import { findOnPath, mustRun, runCommand } from './command.mjs';
import { freshPackageLists } from './debian-packages.mjs';
import { freePort } from './kafka.mjs';

/** Sharded channels and the stream counters that cursors stand on arrived in 7.0. */
const MINIMUM_MAJOR = 7;
const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 5_000;

/** @typedef {{server: string, cli: string}} RedisBinaries paths of redis-server and redis-cli */

/**
 * @param {string} cache
 * @returns {Promise<RedisBinaries>}
 * @throws {Error} that says what is missing and how to get it
 */
export async function ensureRedis(cache) {
  const found = { server: findOnPath('redis-server'), cli: findOnPath('redis-cli') };
  if (found.server !== undefined && found.cli !== undefined && (await majorVersion(found.server)) >= MINIMUM_MAJOR)
    return found;
  if (process.platform === 'linux' && findOnPath('apt-get') !== undefined && findOnPath('dpkg-deb') !== undefined) {
    return fromDebianPackages(cache);
  }
  const brew = process.platform === 'darwin' ? findOnPath('brew') : undefined;
  if (brew !== undefined) return fromHomebrew(brew);
  throw new Error(
    `The tests need redis-server and redis-cli ${MINIMUM_MAJOR}.0 or newer, and ${found.server === undefined ? 'they are not on PATH' : `${found.server} is not that or lacks its redis-cli`}. ` +
      'Install Redis with your package manager (Debian, Ubuntu: apt-get install redis-server; Fedora: dnf install redis; macOS: brew install redis) ' +
      'or name a running server in SLUICE_TEST_REDIS_URL.',
  );
}

/**
 * Starts one server on a free loopback port, without persistence.
 * @param {{server: string, folder: string}} options `folder` is made and gets the log
 * @returns {Promise<{url: string, pid: number, stop: () => Promise<void>}>}
 */
export async function startRedis({ server, folder }) {
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const log = join(folder, 'redis.log');
  const output = openSync(log, 'w');
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const child = spawn(server, settings, { stdio: ['ignore', output, output] });
  closeSync(output);
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  const ended = new Promise((resolve) => {
    child.once('error', resolve);
    child.once('exit', () => {
      process.removeListener('exit', killAtExit);
      resolve(undefined);
    });
  });
  const hasEnded = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

  const deadline = Date.now() + START_DEADLINE_MS;
  while (!(await answersPing(port))) {
    if (hasEnded()) throw new Error(`${server} ended while it started:\n${readFileSync(log, 'utf8').slice(-2000)}`);
    if (Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(
        `${server} did not answer within ${START_DEADLINE_MS / 1000} s:\n${readFileSync(log, 'utf8').slice(-2000)}`,
      );
    }
    await delay(20);
  }
  const stop = async () => {
    if (hasEnded()) return;
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
    await ended;
    clearTimeout(late);
  };
  return { url: `redis://127.0.0.1:${port}`, pid: child.pid, stop };
}

async function majorVersion(server) {
  const { output } = await runCommand(server, ['--version']);
  return Number(/v=(\d+)/.exec(output)?.[1] ?? 0);
}

async function fromDebianPackages(cache) {
  const home = await cached(cache, 'redis-debian', unpackDebianPackages);
  const binaries = { server: join(home, 'redis-server'), cli: join(home, 'redis-cli') };
  const major = await majorVersion(binaries.server);
  if (major < MINIMUM_MAJOR) {
    throw new Error(
      `This distribution's Redis is ${major}.x and the tests need ${MINIMUM_MAJOR}.0 or newer. ` +
        'Put a newer redis-server and redis-cli on PATH, or name a running server in SLUICE_TEST_REDIS_URL.',
    );
  }
  return binaries;
}

/** Downloads the two packages and the libraries they name, unpacks them, and leaves two scripts that start the programs. */
export async function unpackDebianPackages(folder) {
  await download(folder, []).catch(async () => download(folder, await freshPackageLists(folder)));
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
    await mustRun('dpkg-deb', ['-x', file, 'root'], { cwd: folder });
    rmSync(join(folder, file));
  }
  rmSync(join(folder, 'apt'), { recursive: true, force: true });
  // redis-server is a link to redis-check-rdb, which tells its task by the name it is called by.
  for (const program of ['redis-server', 'redis-cli']) {
    const script = join(folder, program);
    writeFileSync(script, startScript(program));
    chmodSync(script, 0o755);
    await mustRun(script, ['--version']);
  }
}

function startScript(program) {
  return `#!/bin/sh
root=$(cd "$(dirname "$0")" && pwd)/root
for folder in "$root"/usr/lib/*-linux-gnu* "$root"/lib/*-linux-gnu*; do
  if [ -d "$folder" ]; then LD_LIBRARY_PATH=$folder\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}; fi
done
export LD_LIBRARY_PATH
exec "$root/usr/bin/${program}" "$@"
`;
}

async function download(folder, options) {
  const needs = await mustRun('apt-cache', [...options, 'depends', 'redis-tools']);
  const libraries = [...needs.matchAll(/^ {2}Depends: (lib[^\s<>]+)$/gm)]
    .map((match) => match[1])
    .filter((name) => name !== 'libc6');
  await mustRun('apt-get', ['-q', ...options, 'download', 'redis-server', 'redis-tools', ...libraries], {
    cwd: folder,
  });
}

async function fromHomebrew(brew) {
  await mustRun(brew, ['install', 'redis']);
  const folder = join((await mustRun(brew, ['--prefix', 'redis'])).trim(), 'bin');
  return { server: join(folder, 'redis-server'), cli: join(folder, 'redis-cli') };
}

function answersPing(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const settle = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => settle(false));
    socket.once('error', () => settle(false));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => settle(data.toString('latin1').startsWith('+PONG')));
    socket.once('close', () => settle(false));
  });
}
