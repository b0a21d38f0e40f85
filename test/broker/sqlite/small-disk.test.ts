import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const unshare = ['--mount', '--propagation', 'private'];

/** May this user mount a file system that nobody else sees? */
function whyNoMounts(): string | false {
  const { status } = spawnSync('unshare', [...unshare, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
  return status === 0 ? false : 'needs the right to mount a small file system';
}

test('F31, F32: on a disk that is really full nothing acknowledged is lost, and the log heals', {
  skip: whyNoMounts(),
}, () => {
  const program = fileURLToPath(new URL('./on-a-small-disk.ts', import.meta.url));
  // Its own test run: under this variable it would report to ours and end with success.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync('unshare', [...unshare, process.execPath, program], {
    env,
    encoding: 'utf8',
    timeout: 120_000,
  });
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /pass 2/);
});
