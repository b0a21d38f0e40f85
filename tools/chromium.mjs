// A real Chromium for tests: named by the environment, found on PATH or in the cache, else taken out of the distribution's packages.
// The packages are unpacked into the cache and never installed, so that no right is needed.

import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './cache.mjs';
import { findOnPath, mustRun } from './command.mjs';
import { freshPackageLists } from './debian-packages.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const HOW_TO =
  'Install it (Debian: apt-get install chromium; Fedora: dnf install chromium; macOS: brew install --cask chromium) ' +
  'or name the program in SLUICE_TEST_CHROMIUM.';

/**
 * @param {string} cache
 * @param {Record<string, string | undefined>} [environment]
 * @returns {Promise<string>} path of the program
 * @throws {Error} that says what is missing and how to get it
 */
export async function ensureChromium(cache, environment = process.env) {
  const named = environment.SLUICE_TEST_CHROMIUM;
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`SLUICE_TEST_CHROMIUM names ${named}, which is not there.`);
  }
  for (const name of NAMES) {
    const found = findOnPath(name, environment.PATH);
    if (found !== undefined) return found;
  }
  if (process.platform === 'linux' && findOnPath('apt-get') !== undefined && findOnPath('dpkg-deb') !== undefined) {
    try {
      return join(await cached(cache, 'chromium-debian', unpackDebianPackages), 'chromium');
    } catch (error) {
      throw new Error(
        `The tests of browsers need Chromium, and this system's packages did not give it. ${HOW_TO}\n${error.message}`,
        { cause: error },
      );
    }
  }
  throw new Error(`The tests of browsers need Chromium, which is not on PATH. ${HOW_TO}`);
}

/** Downloads the package and what it needs that the system lacks, unpacks them, and leaves a script that starts the program. */
export async function unpackDebianPackages(folder) {
  await download(folder, []).catch(async () => download(folder, await freshPackageLists(folder)));
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
    await mustRun('dpkg-deb', ['-x', file, 'root'], { cwd: folder });
    rmSync(join(folder, file));
  }
  rmSync(join(folder, 'apt'), { recursive: true, force: true });
  const script = join(folder, 'chromium');
  writeFileSync(script, START_SCRIPT);
  chmodSync(script, 0o755);
  await mustRun(script, ['--version']);
}

const START_SCRIPT = `#!/bin/sh
root=$(cd "$(dirname "$0")" && pwd)/root
for folder in "$root"/usr/lib/*-linux-gnu* "$root"/lib/*-linux-gnu*; do
  if [ -d "$folder" ]; then LD_LIBRARY_PATH=$folder\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}; fi
done
export LD_LIBRARY_PATH
if [ -d "$root/etc/fonts" ]; then export FONTCONFIG_SYSROOT="$root"; fi
exec "$root/usr/lib/chromium/chromium" "$@"
`;

async function download(folder, options) {
  const plan = await mustRun('apt-get', [
    '-q',
    ...options,
    '--simulate',
    '--no-install-recommends',
    'install',
    'chromium',
  ]);
  const packages = [...plan.matchAll(/^Inst (\S+)/gm)].map((match) => match[1]);
  if (!packages.includes('chromium')) throw new Error(`apt-get does not say what chromium needs:\n${plan.trimEnd()}`);
  await mustRun('apt-get', ['-q', ...options, 'download', ...packages], { cwd: folder });
}
