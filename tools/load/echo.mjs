// Starts echo-server.mjs as a process of its own, as a gateway would be.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nodePath } from '../setup.mjs';
import { endChild, readyUrl } from './child.mjs';

const START_TIMEOUT_MS = 30_000;

/** @returns {Promise<{url: string, pid: number, stop: () => Promise<void>}>} */
export async function startEcho() {
  const program = fileURLToPath(new URL('echo-server.mjs', import.meta.url));
  const child = spawn(nodePath(), [program], { stdio: ['ignore', 'pipe', 'pipe'] });
  const url = await readyUrl(child, /^Echo ready on (\S+)$/m, START_TIMEOUT_MS);
  return { url, pid: child.pid, stop: () => endChild(child) };
}
