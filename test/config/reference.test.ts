import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseFlags } from '../../src/config/flags.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { cliReference, configurationReference } from '../../tools/docs.ts';

const doc = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

test('docs/configuration.md and docs/cli.md say what the tables say; node tools/docs.ts writes them', () => {
  assert.equal(doc('configuration.md'), configurationReference());
  assert.equal(doc('cli.md'), cliReference());
});

test('the example file of docs/configuration.md is a good configuration', () => {
  const yaml = /```yaml\n([\s\S]*?)```/.exec(doc('configuration.md'))?.[1] ?? '';
  assert.notEqual(yaml, '');
  const folder = mkdtempSync(join(tmpdir(), 'sluice-config-'));
  try {
    writeFileSync(join(folder, 'sluice.yaml'), yaml);
    const loaded = loadConfig({ flags: parseFlags([], []), environment: {}, folder });
    assert.equal(loaded.type, 'config', JSON.stringify(loaded));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
