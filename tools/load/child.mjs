// Child processes of the load tool.

/** @returns {Promise<number | string>} the exit code, or the signal that ended it */
export function exitOf(child) {
  return new Promise((resolve, reject) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve(child.exitCode ?? child.signalCode);
      return;
    }
    child.once('error', reject);
    child.once('exit', (exitCode, signal) => resolve(exitCode ?? signal));
  });
}

const END_TIMEOUT_MS = 20_000;

/** Ends a child in order, or by force when it takes too long. Idempotent. */
export async function endChild(child) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = exitOf(child);
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS);
  await gone;
  clearTimeout(timer);
}

/**
 * Waits for the line with which a server says where it listens.
 * @param {import('node:child_process').ChildProcess} child with piped stdout and stderr
 * @param {RegExp} pattern its first group is the URL
 * @returns {Promise<string>}
 * @throws {Error} with what it logged, when it ends or takes too long
 */
export function readyUrl(child, pattern, timeoutMs) {
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    log = (log + text).slice(-20_000);
  });
  let output = '';
  return new Promise((resolve, reject) => {
    const fail = (what) => reject(new Error(`the server under test ${what}:\n${log}`));
    const timer = setTimeout(() => fail(`was not ready after ${timeoutMs / 1000} s`), timeoutMs);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-20_000);
      const ready = pattern.exec(output);
      if (ready === null) return;
      clearTimeout(timer);
      resolve(ready[1]);
    });
    child.once('error', (error) => {
      clearTimeout(timer);
      fail(`could not be started: ${error.message}`);
    });
    child.once('exit', (exitCode, signal) => {
      clearTimeout(timer);
      fail(`ended with ${exitCode ?? signal}`);
    });
  });
}
