import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { StartError } from '../../../src/error/start-error.ts';
import { ASSET_SOURCES, readAssets } from '../../../src/protocol/graphiql/assets.ts';
import { copyGraphiql, GRAPHIQL_FILES } from '../../../tools/graphiql.mjs';
import { ROOT } from '../../../tools/setup.mjs';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-graphiql-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('a build holds every file that the page loads, and the licences, and is read in place of the packages', async () => {
  for (const [name, { path }] of Object.entries(ASSET_SOURCES)) assert.equal(GRAPHIQL_FILES[name], path);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  copyGraphiql(folder);
  const built = join(folder, 'dist', 'graphiql');
  const licences = readdirSync(built).filter((name) => name.startsWith('LICENSE'));
  assert.deepEqual(licences.sort(), ['LICENSE-graphiql', 'LICENSE-react', 'LICENSE-react-dom']);
  writeFileSync(join(built, 'react.js'), 'built');
  const assets = await readAssets(built, join(folder, 'nothing'));
  assert.deepEqual([...assets.keys()].sort(), Object.keys(ASSET_SOURCES).sort());
  assert.equal(assets.get('react.js')?.text, 'built');
});

test('a checkout without a build reads its packages', async () => {
  const assets = await readAssets(join(folder, 'nothing'), join(ROOT, 'node_modules'));
  assert.equal(
    assets.get('graphiql.css')?.text,
    readFileSync(join(ROOT, 'node_modules/graphiql/graphiql.min.css'), 'utf8'),
  );
});

test('A74: missing files are an error at the start that says what to do', async () => {
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  await assert.rejects(readAssets(empty, empty), (error) => {
    assert.ok(error instanceof StartError);
    assert.match(error.problems[0] ?? '', /^--dev shows GraphiQL, .*leave --dev out\.$/);
    return true;
  });
});
