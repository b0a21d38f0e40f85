// A tool that is published as a Go module: found on PATH or in the cache, else built from the module proxy's sources.

import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './cache.mjs';
import { findOnPath, mustRun, runCommand } from './command.mjs';

/**
 * @param {object} tool
 * @param {string} tool.name of the executable
 * @param {string} tool.module its Go package
 * @param {string} tool.version such as "1.8.1": the one that is built
 * @param {readonly string[]} [tool.versionArgs] make it print its version; without them one on PATH is not taken
 * @param {number} [tool.major] the major version that one on PATH must have
 * @param {string} tool.site where people get it
 * @param {string} [tool.replacing] the module, when its go.mod has `replace` lines: `go install` refuses such a module, so that a copy of
 *   it is built in its place
 * @param {string} cache
 * @returns {Promise<string>} the path of the executable
 */
export async function ensureGoTool({ name, module, version, versionArgs, major, site, replacing }, cache) {
  const inCache = join(cache, `${name}-${version}`, name);
  if (existsSync(inCache)) return inCache;
  const found = versionArgs === undefined ? undefined : findOnPath(name);
  if (found !== undefined && (await majorVersion(found, versionArgs)) === major) return found;
  const go = findOnPath('go');
  if (go === undefined) {
    throw new Error(
      `${name} ${version} is needed and not there, and without Go (the command go) it cannot be built. Install Go: https://go.dev; about ${name}: ${site}.`,
    );
  }
  const folder = await cached(cache, `${name}-${version}`, async (partial) => {
    if (replacing === undefined) {
      await politely([go, 'install', '-p=1', `${module}@v${version}`], { env: { ...process.env, GOBIN: partial } });
    } else {
      await buildCopy(go, { name, module, version, replacing }, partial);
    }
  });
  return join(folder, name);
}

async function buildCopy(go, { name, module, version, replacing }, folder) {
  // Standard error has the progress of the download.
  const sources = join(folder, 'sources');
  await mustRun(go, ['mod', 'download', `${replacing}@v${version}`], { cwd: folder });
  const modules = (await mustRun(go, ['env', 'GOMODCACHE'], { cwd: folder })).trim();
  cpSync(join(modules, `${replacing}@v${version}`), sources, { recursive: true });
  // The module cache is read-only, and so is a copy of it.
  await mustRun('chmod', ['-R', 'u+w', sources]);
  const build = [go, 'build', '-p=1', '-o', join(folder, name), `./${module.slice(replacing.length + 1)}`];
  await politely(build, { cwd: sources });
  rmSync(sources, { recursive: true, force: true });
}

/** It takes minutes, and what else runs goes first. */
async function politely(command, options) {
  const polite = findOnPath('nice');
  const [program, ...args] = polite === undefined ? command : [polite, '-n', '19', ...command];
  await mustRun(program, args, options);
}

async function majorVersion(program, args) {
  const { output } = await runCommand(program, args);
  return Number(/v(\d+)\./.exec(output)?.[1]);
}
