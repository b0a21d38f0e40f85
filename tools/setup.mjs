// Makes a checkout ready to run: the packages that package-lock.json names, and the uWebSockets.js binary fit for this C library.
// Plain JavaScript that also runs on Node 20: it is what brings Node 24.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './command.mjs';
import { withLock } from './lock.mjs';
import { binaryPath, fixBinary, needsFix, runningGlibc } from './uwebsockets-glibc.mjs';

/** The checkout that holds this file. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const NEEDED_NODE = 24;
/** The processors for which package-lock.json names a Linux build of Node. */
const PINNED_ARCHITECTURES = ['x64', 'arm64'];

/** Something that the person at the keyboard can mend: shown without a stack. */
export class SetupError extends Error {}

/** The Node 24 to run Sluice with: the pinned one where there is one, else the running one. */
export function nodePath(root = ROOT) {
  const pinned = join(root, 'node_modules', '.bin', 'node');
  return existsSync(pinned) ? pinned : process.execPath;
}

/**
 * Brings a checkout up to date; does nothing, in a few milliseconds, when it is.
 * @param {{root?: string, say?: (line: string) => void}} [options]
 * @returns {Promise<'up to date' | 'installed' | 'binary fixed'>}
 * @throws {SetupError}
 */
export async function setUp({ root = ROOT, say = console.log } = {}) {
  if (isUpToDate(root)) return 'up to date';
  requireNode();
  return withLock(`setup ${realpathSync(root)}`, async () => (isUpToDate(root) ? 'up to date' : await mend(root, say)));
}

function isUpToDate(root) {
  const stamp = readStamp(root);
  return stamp?.lock === lockHash(root) && stamp.binary === binaryState(root);
}

async function mend(root, say) {
  const stamp = readStamp(root);
  const install = stamp?.lock !== lockHash(root);
  if (install) {
    say(
      stamp === undefined ? 'Installing packages (first start) …' : 'Installing packages (package-lock.json changed) …',
    );
    await installPackages(root);
  }
  fitBinary(root);
  writeStamp(root);
  return install ? 'installed' : 'binary fixed';
}

/** Records that the packages fit package-lock.json. Written last, so an interrupted set-up is done again. */
export function writeStamp(root) {
  writeFileSync(stampPath(root), `${JSON.stringify({ lock: lockHash(root), binary: binaryState(root) })}\n`);
}

/** Elsewhere than on Linux nothing brings Node 24, so it has to be there. */
export function requireNode(platform = process.platform, arch = process.arch, version = process.versions.node) {
  if (platform === 'linux' && PINNED_ARCHITECTURES.includes(arch)) return;
  if (Number.parseInt(version, 10) >= NEEDED_NODE) return;
  throw new SetupError(
    `Sluice needs Node.js ${NEEDED_NODE} or newer; this is ${version}. On ${platform} ${arch} it does not come with the packages: ` +
      'install it (https://nodejs.org) and start again.',
  );
}

async function installPackages(root) {
  // No install script is needed by any package. Errors only: npm on an older Node warns once per package about "engines".
  const { code, output } = await runCommand('npm', ['ci', '--ignore-scripts', '--no-progress', '--loglevel=error'], {
    cwd: root,
  });
  if (code !== 0) throw new SetupError(`npm ci failed (exit code ${code}):\n${output.trimEnd()}`);
}

function fitBinary(root) {
  if (process.platform !== 'linux') return;
  const glibc = runningGlibc();
  if (glibc === undefined) {
    throw new SetupError(
      'uWebSockets.js needs the GNU C library, and this Linux has another one (Alpine has musl). Use a Debian or Ubuntu image.',
    );
  }
  if (!needsFix(glibc)) return;
  try {
    fixBinary(binaryPath(root));
  } catch (error) {
    throw new SetupError(error.message, { cause: error });
  }
}

function lockHash(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

function stampPath(root) {
  return join(root, 'node_modules', '.sluice-setup.json');
}

function readStamp(root) {
  try {
    return JSON.parse(readFileSync(stampPath(root), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Size and time of the binary: they tell cheaply that another installation has put the published file back. */
function binaryState(root) {
  try {
    const { size, mtimeMs } = statSync(binaryPath(root));
    return `${size} ${mtimeMs}`;
  } catch {
    return 'none';
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await setUp();
  } catch (error) {
    console.error(error instanceof SetupError ? `sluice: ${error.message}` : error);
    process.exit(1);
  }
}
