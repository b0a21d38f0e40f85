/** See hung-tests.mjs. */
export function endHungTests(
  parent: number,
  options: { readonly limitMs: number; readonly everyMs?: number; readonly say?: (text: string) => void },
): { readonly killed: readonly string[]; stop(): Promise<void> };
