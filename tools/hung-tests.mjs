// Node's runner cannot end a test file whose process spins: its time-outs wait for the event loop of that process. This does.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Watches the direct children of a test runner, one per test file. A child that lives longer than `limitMs` is named and killed: the
 * runner then counts its file as failed and goes on. `killed` are the files; `stop` resolves when the last look is over.
 * @returns {{killed: string[], stop(): Promise<void>}}
 */
export function endHungTests(parent, { limitMs, everyMs = 5_000, say = console.log }) {
  const firstSeen = new Map();
  const killed = [];
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, everyMs);

  async function look() {
    for (const { pid, file } of await childrenOf(parent)) {
      const seen = firstSeen.get(pid) ?? performance.now();
      firstSeen.set(pid, seen);
      if (performance.now() - seen < limitMs) continue;
      firstSeen.delete(pid);
      killed.push(file);
      say(`\nHUNG: ${file} did not end within ${limitMs / 1000} s and is killed.`);
      kill(pid);
    }
  }

  return {
    killed,
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}

/** The last word of a child's command line is its test file. */
async function childrenOf(parent) {
  const { stdout } = await run('ps', ['-axo', 'pid=,ppid=,command='], { maxBuffer: 16 * 1024 * 1024 });
  return stdout.split('\n').flatMap((line) => {
    const [pid, ppid, ...command] = line.trim().split(/\s+/);
    return Number(ppid) === parent ? [{ pid: Number(pid), file: command.at(-1) ?? '' }] : [];
  });
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
