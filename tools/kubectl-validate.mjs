// kubectl-validate, which compares manifests with the schemas of Kubernetes that it carries.

import { ensureGoTool } from './go-tool.mjs';

/** The newest Kubernetes whose schemas are inside kubectl-validate 0.0.4: for others it would ask the network. */
export const KUBERNETES_SCHEMAS = '1.30';

/** @returns {Promise<string>} the path of kubectl-validate */
export function ensureKubectlValidate(cache) {
  const module = 'sigs.k8s.io/kubectl-validate';
  return ensureGoTool({ name: 'kubectl-validate', module, version: '0.0.4', site: `https://${module}` }, cache);
}
