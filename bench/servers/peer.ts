import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { withLock } from '../../tools/lock.mjs';
import type { Brokers } from './brokers.ts';
import { type Cores, onCores } from './cores.ts';
import { type MeasuredServer, startServer } from './measured-server.ts';

const FOLDER = fileURLToPath(new URL('../peers/', import.meta.url));
const STAMP = join(FOLDER, 'node_modules', '.installed-lock');

/** Installs the peer's own packages, exactly those of its lock file; does nothing when they are there. */
export function installPeer(): Promise<void> {
  return withLock(`bench peers ${FOLDER}`, install);
}

async function install(): Promise<void> {
  const lock = createHash('sha256')
    .update(readFileSync(join(FOLDER, 'package-lock.json')))
    .digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lock) return;
  await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-progress', '--loglevel=error'], { cwd: FOLDER });
  writeFileSync(STAMP, lock);
}

/** graphql-ws on ws with graphql-redis-subscriptions, on the core and the Redis that Sluice has. */
export async function startPeer(
  brokers: Brokers,
  cores: Cores,
  nodeFlags: readonly string[] = [],
): Promise<MeasuredServer> {
  await installPeer();
  const redis = await brokers.redis();
  return startServer({
    name: 'graphql-ws',
    command: onCores(cores, 'server', [process.execPath, ...nodeFlags, join(FOLDER, 'server.mjs'), String(redis.port)]),
    ready: /^ready (\d+)$/m,
  });
}
