// helm-unittest, which runs the chart's own tests (helm/sluice/tests).

import { ensureGoTool } from './go-tool.mjs';

/** @returns {Promise<string>} the path of helm-unittest, which runs by itself: `helm-unittest CHART` */
export function ensureHelmUnittest(cache) {
  const replacing = 'github.com/helm-unittest/helm-unittest';
  const module = `${replacing}/cmd/helm-unittest`;
  return ensureGoTool(
    { name: 'helm-unittest', module, version: '1.1.2', replacing, site: `https://${replacing}` },
    cache,
  );
}
