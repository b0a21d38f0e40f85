import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { DELIVERIES } from '../../src/routing/topic.ts';
import { adaptersUnderTest } from './adapters.ts';
import { contractRules } from './contract.ts';

test('every adapter has a file that runs its rows', async () => {
  for (const [name, rows] of Object.entries(adaptersUnderTest)) {
    const source = await readFile(new URL(`./contract/${name}.test.ts`, import.meta.url), 'utf8');
    assert.equal(source.match(/contractSuite\(/g)?.length, rows.length, name);
    for (const row of rows) assert.equal(row.name, name);
  }
});

test('every delivery is under test on an embedded broker and on a server', () => {
  const rows = Object.values(adaptersUnderTest).flat();
  for (const delivery of DELIVERIES) {
    const names = rows.filter((row) => row.delivery === delivery).map(({ name }) => name);
    assert.ok(
      names.some((name) => name === 'memory' || name === 'sqlite'),
      delivery,
    );
    assert.ok(
      names.some((name) => name !== 'memory' && name !== 'sqlite'),
      delivery,
    );
  }
});

test('no two rules of the contract have one name', () => {
  const names = contractRules.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
});
