// Debian's packages without installing them: no right is needed, and the system stays as it is.

import { readdirSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findOnPath, mustRun } from './command.mjs';

/** Can this system give packages? */
export function hasDebianPackages() {
  return process.platform === 'linux' && findOnPath('apt-get') !== undefined && findOnPath('dpkg-deb') !== undefined;
}

/** Downloads one package, without what it depends on, and unpacks it into `folder`. */
export async function unpackPackage(name, folder) {
  const download = (options) => mustRun('apt-get', ['-q', ...options, 'download', name], { cwd: folder });
  await download([]).catch(async () => download(await freshPackageLists(folder)));
  for (const file of readdirSync(folder).filter((entry) => entry.endsWith('.deb'))) {
    await mustRun('dpkg-deb', ['-x', file, '.'], { cwd: folder });
    rmSync(join(folder, file));
  }
  rmSync(join(folder, 'apt'), { recursive: true, force: true });
}

/**
 * The system's package lists may be empty or old, and only root may renew them: this makes lists of our own in `folder`.
 * @returns {Promise<string[]>} the options that make apt-get use them
 */
export async function freshPackageLists(folder) {
  const state = join(folder, 'apt', 'state');
  const archives = join(folder, 'apt', 'cache');
  await mkdir(join(state, 'lists', 'partial'), { recursive: true });
  await mkdir(join(archives, 'archives', 'partial'), { recursive: true });
  const folders = {
    'Dir::State': state,
    'Dir::State::lists': 'lists',
    'Dir::Cache': archives,
    'Dir::State::status': '/var/lib/dpkg/status',
  };
  const options = Object.entries(folders).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  await mustRun('apt-get', ['-q', ...options, 'update']);
  return options;
}
