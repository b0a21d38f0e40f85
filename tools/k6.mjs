// k6, which runs the load tests. Run as a program it only makes sure that k6 is there.

import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cache.mjs';
import { ensureGoTool } from './go-tool.mjs';

/** @returns {Promise<string>} the path of k6; version 1 runs TypeScript as it is */
export function ensureK6(cache) {
  const site = 'https://k6.io';
  return ensureGoTool(
    { name: 'k6', module: 'go.k6.io/k6', version: '1.8.1', versionArgs: ['version'], major: 1, site },
    cache,
  );
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  ensureK6(cacheFolder()).then(
    (path) => console.log(path),
    (error) => {
      console.error(`k6: ${error.message}`);
      process.exit(1);
    },
  );
}
