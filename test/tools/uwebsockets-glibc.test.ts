import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ROOT } from '../../tools/setup.mjs';
import { binaryPath, fixBinary, KNOWN_BINARIES, needsFix } from '../../tools/uwebsockets-glibc.mjs';

const folder = mkdtempSync(join(tmpdir(), 'sluice-glibc-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

test('only a glibc before 2.38 needs the fix', () => {
  assert.deepEqual(['2.17', '2.36', '2.37', '2.38', '2.41', '3.0'].filter(needsFix), ['2.17', '2.36', '2.37']);
});

for (const { file, published, fixed } of KNOWN_BINARIES) {
  const installed = join(ROOT, 'node_modules', 'uWebSockets.js', file);
  // On a machine with an old glibc, set-up has fixed the binary of its own processor already.
  const state = existsSync(installed) ? sha256(installed) : 'missing';

  test(`${file}: the installed binary is a known one`, () => {
    assert.ok(state === published || state === fixed, `unknown SHA-256 ${state}`);
  });

  test(`${file}: the fix turns the published binary into the recorded one, once`, () => {
    const copy = join(folder, file);
    copyFileSync(installed, copy);
    assert.equal(fixBinary(copy), state === fixed ? 'already fixed' : 'fixed');
    assert.equal(sha256(copy), fixed);
    assert.equal(fixBinary(copy), 'already fixed');
    assert.equal(sha256(copy), fixed);
  });
}

test('an unknown binary is refused, named, and left as it is', () => {
  const path = join(folder, 'unknown.node');
  writeFileSync(path, 'something else');
  assert.throws(
    () => fixBinary(path),
    /unknown\.node has the unknown SHA-256 [0-9a-f]{64}.*only files that were inspected/s,
  );
  assert.equal(readFileSync(path, 'utf8'), 'something else');
});

test('a result other than the recorded one is refused and not written', () => {
  const pristine = KNOWN_BINARIES.find(({ file, published }) => {
    const path = join(ROOT, 'node_modules', 'uWebSockets.js', file);
    return existsSync(path) && sha256(path) === published;
  });
  assert.ok(pristine, 'one of the binaries is as published, since set-up touches only that of this processor');
  const path = join(folder, 'wrong.node');
  copyFileSync(join(ROOT, 'node_modules', 'uWebSockets.js', pristine.file), path);
  assert.throws(() => fixBinary(path, [{ ...pristine, fixed: '0'.repeat(64) }]), /instead of 0000/);
  assert.equal(sha256(path), pristine.published);
});

test('a missing binary says how to mend it', () => {
  assert.throws(() => fixBinary(binaryPath(folder)), /is missing.*Delete node_modules/);
});
