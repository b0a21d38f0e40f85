import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { ROOT, startChild } from '../cli/child.ts';
import { temporaryFolder } from '../cli/temporary-folder.ts';

const folder = temporaryFolder();
const demo = (...words: string[]): ReturnType<typeof startChild> =>
  startChild(process.execPath, [`${ROOT}examples/earthquakes/demo.ts`, ...words]);

test('the demo plays the whole week, every subscriber gets all it should, and it ends with 0 in a folder it emptied', async (t) => {
  const dataFolder = `${folder}/week`;
  mkdirSync(dataFolder);
  writeFileSync(`${dataFolder}/old`, '');
  const child = demo('--speed', '100000', '--data-dir', dataFolder);
  t.after(() => child.process.kill());
  assert.equal(await child.exit, 0, child.stderr() + child.stdout());
  assert.match(child.stdout(), /^Acknowledged: 1707 quakes, 5000 departures, \d+ chat messages\.$/m);
  const counts = [...child.stdout().matchAll(/: (\d+) of (\d+) received$/gm)];
  assert.equal(counts.length, 4);
  for (const [, received, wanted] of counts) {
    assert.equal(received, wanted);
    assert.ok(Number(wanted) > 0);
  }
  assert.match(child.stdout(), /^\[quakes in Alaska, every one\] .*Alaska/m);
  assert.equal(existsSync(`${dataFolder}/old`), false);
});

test('--seconds bounds the playing', async (t) => {
  const child = demo('--speed', '1', '--seconds', '0.5', '--data-dir', `${folder}/short`);
  t.after(() => child.process.kill());
  assert.equal(await child.exit, 0, child.stderr());
  assert.match(child.stdout(), /^Acknowledged: 1 quakes/m);
});

test('wrong flags are usage', async () => {
  const child = demo('--sped', '1');
  assert.equal(await child.exit, 2);
  assert.match(child.stderr(), /Did you mean --speed\?/);
});
