// Tools that are fetched once and kept outside the checkout, in folders named by tool and version.

import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { withLock } from './lock.mjs';

/** `SLUICE_CACHE`, else `$XDG_CACHE_HOME/sluice`, else `~/.cache/sluice`. */
export function cacheFolder(environment = process.env) {
  if (environment.SLUICE_CACHE) return environment.SLUICE_CACHE;
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sluice');
}

/**
 * The folder `NAME-VERSION` of the cache, filled by `fill` when it is not there. It appears whole or not at all: `fill` works in a
 * folder beside it, which is renamed when `fill` has succeeded and removed when it has failed.
 * @param {string} cache
 * @param {string} folderName
 * @param {(folder: string) => Promise<void>} fill
 * @returns {Promise<string>}
 */
export async function cached(cache, folderName, fill) {
  const target = join(cache, folderName);
  if (existsSync(target)) return target;
  return withLock(`cache ${target}`, async () => {
    if (existsSync(target)) return target;
    mkdirSync(cache, { recursive: true });
    const partial = mkdtempSync(join(cache, `${folderName}.part-`));
    try {
      await fill(partial);
      renameSync(partial, target);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
    return target;
  });
}
