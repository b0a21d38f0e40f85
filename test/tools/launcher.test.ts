import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ROOT } from '../../tools/setup.mjs';

/** As in the image: the launcher and the built program, no sources and no pinned Node. */
const PROGRAM = `
const [, , first, ...rest] = process.argv;
process.on('SIGTERM', () => process.exit(7));
if (first === 'wait') setTimeout(() => {}, 20_000);
process.stdout.write(JSON.stringify([first, ...rest]) + '\\n');
if (first === 'fail') process.exit(3);
`;

const folder = mkdtempSync(join(tmpdir(), 'sluice-launcher-'));
const launcher = join(folder, 'app', 'sluice');
const environment = { ...process.env, PATH: `${join(process.execPath, '..')}:${process.env['PATH']}` };

before(() => {
  mkdirSync(join(folder, 'app', 'dist'), { recursive: true });
  mkdirSync(join(folder, 'bin'));
  cpSync(join(ROOT, 'sluice'), launcher);
  writeFileSync(join(folder, 'app', 'dist', 'main.js'), PROGRAM);
  symlinkSync('../app/sluice', join(folder, 'bin', 'sluice'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('arguments reach the program as they are, from any directory and through a relative link', () => {
  for (const command of [launcher, join(folder, 'bin', 'sluice')]) {
    const { stdout, status } = spawnSync(command, ['publish', 'a b', '$x', ''], {
      cwd: tmpdir(),
      env: environment,
      encoding: 'utf8',
    });
    assert.equal(stdout, '["publish","a b","$x",""]\n');
    assert.equal(status, 0);
  }
});

test('the exit code is that of the program', () => {
  assert.equal(spawnSync(launcher, ['fail'], { env: environment }).status, 3);
});

test('a signal reaches the program, since the launcher has become it', async () => {
  const child: ChildProcess = spawn(launcher, ['wait'], { env: environment, stdio: ['ignore', 'pipe', 'ignore'] });
  assert.ok(child.stdout);
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  // A launcher that stayed would leave the program behind, which holds the pipe.
  child.stdout.destroy();
  assert.equal(code, 7);
});

test('an older Node is refused with what to do', () => {
  const old = join(folder, 'old');
  mkdirSync(old);
  writeFileSync(join(old, 'node'), '#!/bin/sh\necho 22.1.0\n', { mode: 0o755 });
  const { stderr, status } = spawnSync(launcher, ['serve'], {
    env: { PATH: `${old}:/usr/bin:/bin` },
    encoding: 'utf8',
  });
  assert.match(stderr, /needs Node\.js 24 or newer, but .*old\/node is 22\.1\.0/);
  assert.equal(status, 1);
});
