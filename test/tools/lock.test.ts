import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { lockPath, withLock } from '../../tools/lock.mjs';

test('two holders never work at the same time, and both get their turn', async () => {
  const name = `test of turns ${process.pid}`;
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
  };
  await Promise.all([withLock(name, work), withLock(name, work), withLock(name, work)]);
  assert.equal(most, 1);
  assert.equal(existsSync(lockPath(name)), false);
});

test('the lock of a process that is gone is taken over', async () => {
  const name = `test of a dead owner ${process.pid}`;
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(lockPath(name), String(pid));
  assert.equal(await withLock(name, async () => 'done'), 'done');
});

test('work that fails gives the lock back', async () => {
  const name = `test of a failure ${process.pid}`;
  await assert.rejects(
    withLock(name, async () => {
      throw new Error('no');
    }),
    /no/,
  );
  assert.equal(existsSync(lockPath(name)), false);
});
