import { type Browser, chromium } from 'playwright-core';
import { cacheFolder } from '../../tools/cache.mjs';
import { ensureChromium } from '../../tools/chromium.mjs';

/**
 * A headless Chromium of the test's own; `close()` it in the end. The program is found as tools/chromium.mjs says, and fetched when
 * it is nowhere; an error says how to get it.
 */
export async function launchChromium(): Promise<Browser> {
  const executablePath = await ensureChromium(cacheFolder());
  // Tests open pages of their own gateways only; containers, where they often run, forbid the sandbox.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'], timeout: 120_000 });
}
