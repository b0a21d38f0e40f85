// Helm, which checks and renders the chart. Run as a program it only makes sure that helm is there.

import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cache.mjs';
import { ensureGoTool } from './go-tool.mjs';

/** @returns {Promise<string>} the path of helm */
export function ensureHelm(cache) {
  const versionArgs = ['version', '--short'];
  const site = 'https://helm.sh';
  return ensureGoTool(
    { name: 'helm', module: 'helm.sh/helm/v3/cmd/helm', version: '3.22.0', versionArgs, major: 3, site },
    cache,
  );
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  ensureHelm(cacheFolder()).then(
    (path) => console.log(path),
    (error) => {
      console.error(`helm: ${error.message}`);
      process.exit(1);
    },
  );
}
