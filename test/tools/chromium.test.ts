import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensureChromium } from '../../tools/chromium.mjs';

test('a Chromium that the environment names is taken, and one that is not there is told', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-chromium-'));
  try {
    const program = join(folder, 'named');
    writeFileSync(program, '');
    assert.equal(await ensureChromium(folder, { SLUICE_TEST_CHROMIUM: program }), program);
    await assert.rejects(
      ensureChromium(folder, { SLUICE_TEST_CHROMIUM: join(folder, 'none') }),
      /^Error: SLUICE_TEST_CHROMIUM names .*none, which is not there\.$/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('one on PATH is taken under any of its names', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-chromium-'));
  try {
    const program = join(folder, 'chromium-browser');
    writeFileSync(program, '');
    chmodSync(program, 0o755);
    assert.equal(await ensureChromium(folder, { PATH: folder }), program);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
