import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { cached, cacheFolder } from '../../tools/cache.mjs';

const folder = mkdtempSync(join(tmpdir(), 'sluice-cache-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('the cache is SLUICE_CACHE, else in XDG_CACHE_HOME, else in the home folder', () => {
  assert.equal(cacheFolder({ SLUICE_CACHE: '/a', XDG_CACHE_HOME: '/b' }), '/a');
  assert.equal(cacheFolder({ XDG_CACHE_HOME: '/b' }), '/b/sluice');
  assert.match(cacheFolder({}), /\/\.cache\/sluice$/);
});

test('a download that fails is not kept, and the next try starts anew', async () => {
  const half = async (part: string): Promise<void> => {
    writeFileSync(join(part, 'half'), '');
    throw new Error('connection lost');
  };
  await assert.rejects(cached(folder, 'tool-1', half), /connection lost/);
  assert.deepEqual(readdirSync(folder), []);

  const whole = async (part: string): Promise<void> => writeFileSync(join(part, 'whole'), 'text');
  const path = await cached(folder, 'tool-1', whole);
  assert.equal(readFileSync(join(path, 'whole'), 'utf8'), 'text');
  assert.deepEqual(readdirSync(path), ['whole']);
});

test('a tool that is there is not fetched again, and two that want it at once fetch it once', async () => {
  let fetches = 0;
  const fill = async (): Promise<void> => {
    fetches += 1;
  };
  await Promise.all([cached(folder, 'tool-2', fill), cached(folder, 'tool-2', fill)]);
  await cached(folder, 'tool-2', fill);
  assert.equal(fetches, 1);
});
