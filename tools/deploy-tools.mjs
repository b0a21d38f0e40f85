// Fetches what check-deploy.mjs needs, one tool after the other and with low priority: the first time it takes minutes.
// Run as a program, beside other work, so that it is there when the check begins.

import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cache.mjs';
import { ensureHelm } from './helm.mjs';
import { ensureHelmUnittest } from './helm-unittest.mjs';
import { ensureTrixie, missingForImage } from './image.mjs';
import { ensureKubectlValidate } from './kubectl-validate.mjs';
import { ensurePrometheus } from './prometheus.mjs';

/** By name: each resolves to what the check needs of the tool. In the order in which they are wanted. */
export const DEPLOY_TOOLS = {
  helm: ensureHelm,
  'helm-unittest': ensureHelmUnittest,
  prometheus: ensurePrometheus,
  'kube-validate': ensureKubectlValidate,
};

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const cache = cacheFolder();
  let failed = false;
  const base = async () => ((await missingForImage()) === undefined ? ensureTrixie(cache) : undefined);
  // The Go builds use one core; the base of the image is a download.
  await Promise.all([inOrder(Object.values(DEPLOY_TOOLS).map((ensure) => () => ensure(cache))), inOrder([base])]);
  process.exit(failed ? 1 : 0);

  async function inOrder(tasks) {
    for (const task of tasks) {
      try {
        await task();
      } catch (error) {
        console.error(error.message);
        failed = true;
      }
    }
  }
}
