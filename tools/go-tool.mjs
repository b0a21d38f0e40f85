// A tool that is published as a Go module: found on PATH or in the cache, else built by `go install`.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './cache.mjs';
import { findOnPath, mustRun, runCommand } from './command.mjs';

/**
 * @param {object} tool
 * @param {string} tool.name of the executable
 * @param {string} tool.module its Go package
 * @param {string} tool.version such as "1.8.1": the one that is built
 * @param {readonly string[]} tool.versionArgs make it print its version
 * @param {number} tool.major the major version that one on PATH must have
 * @param {string} tool.site where people get it
 * @param {string} cache
 * @returns {Promise<string>} the path of the executable
 */
export async function ensureGoTool({ name, module, version, versionArgs, major, site }, cache) {
  const inCache = join(cache, `${name}-${version}`, name);
  if (existsSync(inCache)) return inCache;
  const found = findOnPath(name);
  if (found !== undefined && (await majorVersion(found, versionArgs)) === major) return found;
  const go = findOnPath('go');
  if (go === undefined) {
    throw new Error(
      `${name} ${major}.x is needed and not on PATH, and without Go (the command go) it cannot be built. Install either: ${site} or https://go.dev.`,
    );
  }
  const folder = await cached(cache, `${name}-${version}`, async (partial) => {
    // It takes minutes, and what else runs goes first.
    const polite = findOnPath('nice');
    const command = polite === undefined ? [go] : [polite, '-n', '19', go];
    const [program, ...before] = command;
    await mustRun(program, [...before, 'install', '-p=1', `${module}@v${version}`], {
      env: { ...process.env, GOBIN: partial },
    });
  });
  return join(folder, name);
}

async function majorVersion(program, args) {
  const { output } = await runCommand(program, args);
  return Number(/v(\d+)\./.exec(output)?.[1]);
}
