// Builds the image with the project's own Dockerfile, and runs it, on a machine without a container engine: buildah in a chroot, on a
// base made of the same Debian (debootstrap), with the Node and npm that are here in place of those of the published base image.

import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cached } from './cache.mjs';
import { findOnPath, mustRun, runCommand } from './command.mjs';
import { withLock } from './lock.mjs';
import { ROOT } from './setup.mjs';

const IMAGE = 'localhost/sluice:check';
const START_TIMEOUT_MS = 120_000;
/** The certificates that this machine trusts: npm in the build needs them where a proxy stands in between. */
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
const PROGRAMS = ['buildah', 'debootstrap'];

/**
 * What is missing on this machine for a build; undefined when nothing is. In CI it is installed, because there nothing may be skipped.
 * @returns {Promise<string | undefined>}
 */
export async function missingForImage() {
  if (process.platform !== 'linux') return 'it needs Linux';
  if (process.getuid() !== 0) return 'it needs root (for chroot)';
  const missing = () => PROGRAMS.filter((name) => findOnPath(name) === undefined);
  if (missing().length > 0 && process.env.CI && findOnPath('apt-get') !== undefined) {
    await withLock('apt-get install', async () => {
      if (missing().length === 0) return;
      await mustRun('apt-get', ['-q', 'update']);
      const install = ['-q', '-y', '-o', 'DPkg::Lock::Timeout=300', '--no-install-recommends', 'install', ...missing()];
      await mustRun('apt-get', install, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    });
  }
  return missing().length === 0 ? undefined : `not there: ${missing().join(', ')} (Debian: apt-get install them)`;
}

/** The root file system of Debian 13, as the base image has it: 214 MB, made once. */
export async function ensureTrixie(cache) {
  const folder = await cached(cache, 'trixie-minbase', async (partial) => {
    const root = join(partial, 'root');
    await mustRun('debootstrap', ['--variant=minbase', 'trixie', root]);
    await mustRun('tar', ['-C', root, '-cf', join(partial, 'root.tar'), '.']);
    rmSync(root, { recursive: true, force: true });
  });
  return join(folder, 'root.tar');
}

/**
 * Builds the image, looks at its settings, and lets it serve on a root file system that it cannot write, as its own user.
 * @param {string} cache
 * @param {(text: string) => void} note
 * @param {string} [context] the folder that is built
 */
export async function checkImage(cache, note, context = ROOT) {
  const rootTar = await ensureTrixie(cache);
  // Never inside the checkout, which is the context of the build.
  const work = mkdtempSync(join(tmpdir(), 'sluice-image-'));
  const buildah = buildahIn(work);
  try {
    await makeBase(buildah, rootTar, work);
    const version = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;
    const build = ['bud', '--isolation', 'chroot', '--pull-never', '--format', 'docker', '--tag', IMAGE];
    await buildah([...build, '--build-arg', `VERSION=${version}`, context]);
    const settings = JSON.parse(await buildah(['inspect', '--type', 'image', IMAGE])).Docker.config;
    checkSettings(settings, version);
    const container = (await buildah(['from', '--pull-never', IMAGE])).trim().split('\n').at(-1);
    const root = (await buildah(['mount', container])).trim().split('\n').at(-1);
    const size = (await mustRun('du', ['-sm', join(root, 'app')])).split('\t')[0];
    await serveOnce(root, settings);
    await buildah(['umount', container]);
    note(`built and served; /app has ${size} MB`);
  } finally {
    await buildah(['rm', '--all']).catch(() => undefined);
    await buildah(['rmi', '--all', '--force']).catch(() => undefined);
    rmSync(work, { recursive: true, force: true });
  }
}

/** Runs buildah with storage of its own, and resolves to its standard output. */
function buildahIn(work) {
  const storage = ['--root', join(work, 'storage'), '--runroot', join(work, 'run')];
  return (args) => mustRun('buildah', [...storage, ...args], { cwd: work });
}

/** The base of the Dockerfile, by its name there. */
async function makeBase(buildah, rootTar, work) {
  const name = /^ARG NODE_IMAGE=(\S+)$/m.exec(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'))?.[1];
  if (name === undefined) throw new Error('The Dockerfile does not say ARG NODE_IMAGE=….');
  const files = join(work, 'base');
  const bin = join(files, 'usr/local/bin');
  mkdirSync(bin, { recursive: true });
  cpSync(join(ROOT, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node'), join(bin, 'node'));
  const npm = dirname(dirname((await mustRun('readlink', ['-f', findOnPath('npm')])).trim()));
  cpSync(npm, join(files, 'usr/local/lib/node_modules/npm'), { recursive: true, dereference: true });
  writeFileSync(join(bin, 'npm'), '#!/bin/sh\nexec node /usr/local/lib/node_modules/npm/bin/npm-cli.js "$@"\n', {
    mode: 0o755,
  });
  const settings = ['--env', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];
  if (existsSync(CERTIFICATES)) {
    mkdirSync(join(files, dirname(CERTIFICATES)), { recursive: true });
    cpSync(CERTIFICATES, join(files, CERTIFICATES), { dereference: true });
    settings.push('--env', `NODE_EXTRA_CA_CERTS=${CERTIFICATES}`);
  }
  const container = (await buildah(['from', 'scratch'])).trim();
  await buildah(['add', container, rootTar, '/']);
  await buildah(['copy', container, files, '/']);
  await buildah(['config', ...settings, container]);
  await buildah(['commit', '--rm', container, `docker.io/library/${name}`]);
}

function checkSettings(settings, version) {
  const facts = {
    'it does not run as root': settings.User === '10001:10001',
    'it starts without a shell': settings.Entrypoint?.[0] === 'node' && settings.Cmd?.join() === 'serve',
    'it has a health check': settings.Healthcheck?.Test?.[0] === 'CMD',
    'it stops on SIGTERM': settings.StopSignal === 'SIGTERM',
    'it says which version it is': settings.Labels?.['org.opencontainers.image.version'] === version,
    'it never implies embedded brokers': !settings.Env.some((line) => line.startsWith('SLUICE_EMBEDDED')),
    'it does not say that no authentication is meant': !settings.Env.some((line) => line.startsWith('SLUICE_AUTH')),
  };
  const broken = Object.entries(facts).filter(([, holds]) => !holds);
  if (broken.length > 0) throw new Error(`Not so in the image: ${broken.map(([fact]) => fact).join('; ')}.`);
}

/** Its root file system without the right to write, but for /data; then its own program, as its own user. Each step execs the next. */
const IN_ROOT = `set -e
mount --bind "$ROOT" "$ROOT"
mount -o remount,ro,bind "$ROOT"
mount -t tmpfs -o mode=0777 tmpfs "$ROOT/data"
mount -t proc proc "$ROOT/proc"
exec chroot --userspec="$OWNER" "$ROOT" "$@"
`;

function enter(root, settings, environment, command) {
  const variables = [...settings.Env, ...environment];
  const inside = ['/usr/bin/env', '-i', '-C', settings.WorkingDir, ...variables, ...command];
  const env = { ...process.env, ROOT: root, OWNER: settings.User };
  return { args: ['--mount', 'sh', '-c', IN_ROOT, 'sh', ...inside], env };
}

async function serveOnce(root, settings) {
  const open = enter(
    root,
    settings,
    ['SLUICE_SCHEMA=/app/examples/earthquakes/schema.graphql'],
    [...settings.Entrypoint, 'check'],
  );
  const refusal = await runCommand('unshare', open.args, { env: open.env });
  if (refusal.code === 0 || !/auth/.test(refusal.output)) {
    throw new Error(
      `The image must refuse to start on all addresses before anyone says auth: none. It said:\n${refusal.output}`,
    );
  }
  const environment = ['SLUICE_HOST=127.0.0.1', 'SLUICE_PORT=0', 'SLUICE_ADMIN_PORT=0'];
  const { args, env } = enter(
    root,
    settings,
    ['SLUICE_SCHEMA=/app/examples/earthquakes/schema.graphql', ...environment],
    [...settings.Entrypoint, ...settings.Cmd],
  );
  const child = spawn('unshare', args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
  }
  try {
    const url = await Promise.race([
      readyUrl(child, () => said),
      ended.then((code) => {
        throw new Error(`The image ended with ${code} when it should serve:\n${said}`);
      }),
    ]);
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ topics { name } }' }),
    });
    const { data } = await answer.json();
    if (data?.topics?.length !== 3) throw new Error(`The image does not serve its schema: ${JSON.stringify(data)}`);
    child.kill('SIGTERM');
    const code = await ended;
    if (code !== 0) throw new Error(`The image ended with ${code} after SIGTERM, not with 0:\n${said}`);
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

function readyUrl(child, said) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`The image does not serve after ${START_TIMEOUT_MS / 1000} s:\n${said()}`)),
      START_TIMEOUT_MS,
    );
    child.stdout.on('data', () => {
      const ready = /^Sluice ready on (\S+)$/m.exec(said());
      if (ready === null) return;
      clearTimeout(timer);
      resolve(ready[1]);
    });
  });
}
