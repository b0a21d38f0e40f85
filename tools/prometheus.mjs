// Prometheus and its promtool, which check and test the alerts and draw the dashboard: found on PATH or in the cache, else taken out of
// the distribution's package.

import { join } from 'node:path';
import { cached } from './cache.mjs';
import { findOnPath } from './command.mjs';
import { hasDebianPackages, unpackPackage } from './debian-packages.mjs';

/**
 * @param {string} cache
 * @returns {Promise<{prometheus: string, promtool: string}>} the paths of both programs
 */
export async function ensurePrometheus(cache) {
  const prometheus = findOnPath('prometheus');
  const promtool = findOnPath('promtool');
  if (prometheus !== undefined && promtool !== undefined) return { prometheus, promtool };
  if (!hasDebianPackages()) {
    throw new Error(
      'Prometheus is needed and not on PATH, both prometheus and promtool. Install it: https://prometheus.io/download.',
    );
  }
  const folder = await cached(cache, 'prometheus-debian', (partial) => unpackPackage('prometheus', partial));
  return { prometheus: join(folder, 'usr/bin/prometheus'), promtool: join(folder, 'usr/bin/promtool') };
}
