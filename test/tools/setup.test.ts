import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { ROOT, requireNode, SetupError, setUp, writeStamp } from '../../tools/setup.mjs';
import { binaryPath } from '../../tools/uwebsockets-glibc.mjs';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-setup-'));
  writeFileSync(join(root, 'package.json'), '{"name":"empty","version":"1.0.0"}');
  writeFileSync(
    join(root, 'package-lock.json'),
    '{"name":"empty","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{"":{"name":"empty","version":"1.0.0"}}}',
  );
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Installed packages as set-up leaves them. */
function installed(): void {
  mkdirSync(dirname(binaryPath(root)), { recursive: true });
  cpSync(binaryPath(ROOT), binaryPath(root));
  writeStamp(root);
}

test('nothing is done while the stamp fits package-lock.json', async () => {
  installed();
  const said: string[] = [];
  assert.equal(await setUp({ root, say: (line) => said.push(line) }), 'up to date');
  assert.deepEqual(said, []);
});

test('another package-lock.json installs anew, with one line that says so', async () => {
  installed();
  const lock = join(root, 'package-lock.json');
  writeFileSync(lock, `${readFileSync(lock, 'utf8')}\n`);
  const said: string[] = [];
  // The empty lock file brings no uWebSockets.js; where the binary must be fixed, that is found out and said.
  const outcome = await setUp({ root, say: (line) => said.push(line) }).catch((error: unknown) => error);
  assert.deepEqual(said, ['Installing packages (package-lock.json changed) …']);
  if (outcome instanceof Error) assert.match(outcome.message, /uWebSockets\.js was not installed whole/);
  else assert.equal(outcome, 'installed');
});

test('a binary that another installation put back is looked at again, without installing', async () => {
  installed();
  rmSync(binaryPath(root));
  cpSync(binaryPath(ROOT), binaryPath(root));
  const said: string[] = [];
  assert.equal(await setUp({ root, say: (line) => said.push(line) }), 'binary fixed');
  assert.equal(await setUp({ root, say: (line) => said.push(line) }), 'up to date');
  assert.deepEqual(said, []);
});

test('an npm ci that fails is shown with its reason and leaves no stamp', async () => {
  writeFileSync(
    join(root, 'package.json'),
    '{"name":"empty","version":"1.0.0","dependencies":{"left-out-of-the-lock":"1.0.0"}}',
  );
  const attempt = (): Promise<unknown> => setUp({ root, say: () => {} });
  await assert.rejects(
    attempt,
    (error) => error instanceof SetupError && /npm ci failed[\s\S]*left-out-of-the-lock/.test(error.message),
  );
  await assert.rejects(attempt, SetupError);
});

test('Node comes with the packages on Linux only; elsewhere 24 must be there', () => {
  requireNode('linux', 'x64', '20.20.2');
  requireNode('darwin', 'arm64', '24.0.0');
  assert.throws(
    () => requireNode('darwin', 'arm64', '22.9.0'),
    /needs Node.js 24 or newer; this is 22\.9\.0\. On darwin arm64/,
  );
  assert.throws(() => requireNode('linux', 'riscv64', '20.20.2'), SetupError);
});
