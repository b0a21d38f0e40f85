/** Types of chromium.mjs, where each function is described. */
export declare function ensureChromium(
  cache: string,
  environment?: Readonly<Record<string, string | undefined>>,
): Promise<string>;
