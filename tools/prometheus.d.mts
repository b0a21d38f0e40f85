/** Types of prometheus.mjs, where the function is described. */
export declare function ensurePrometheus(
  cache: string,
): Promise<{ readonly prometheus: string; readonly promtool: string }>;
