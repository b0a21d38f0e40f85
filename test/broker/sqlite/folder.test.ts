import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BrokerSettingsError } from '../../../src/broker/start-error.ts';
import { logBroker, temporaryFolder } from './folder-fixture.ts';

const holder = fileURLToPath(new URL('../support/publishing-child.ts', import.meta.url));

/** Matches a BrokerSettingsError that says all of it. */
function saying(...parts: readonly string[]): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof BrokerSettingsError, String(error));
    for (const part of parts) assert.ok(error.message.includes(part), `${error.message} should say ${part}`);
    return true;
  };
}

test('a missing data folder is made', async (context) => {
  const folder = join(await temporaryFolder(context), 'a', 'b');
  const report = await logBroker(context, { folder }).open();
  assert.deepEqual(report, { contacted: true, problems: [] });
});

test('a data folder that is a file is refused with the folder and the flag', async (context) => {
  const folder = join(await temporaryFolder(context), 'file');
  await writeFile(folder, '');
  await assert.rejects(logBroker(context, { folder }).open(), saying(folder, '--data-dir'));
});

test('a data folder that is not writable is refused with the folder and the flag', async (context) => {
  const root = await temporaryFolder(context);
  const folder = join(root, 'data');
  await mkdir(folder);
  await chmod(folder, 0o555);
  // The superuser may write everywhere, so the broker runs as another user then.
  const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  await chmod(root, 0o755);
  const child = spawn(process.execPath, [holder, folder], { stdio: ['ignore', 'pipe', 'pipe'], ...asNobody });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      said += data.toString();
    });
  }
  await once(child, 'close');
  assert.match(said, /BrokerSettingsError/);
  assert.ok(said.includes(folder) && said.includes('--data-dir'), said);
});

test('a second broker on one data folder is refused with the folder and the flag', async (context) => {
  const folder = await temporaryFolder(context);
  const first = logBroker(context, { folder });
  await first.open();
  const second = logBroker(context, { folder });
  await assert.rejects(second.open(), saying('Another Sluice', folder, '--data-dir'));
  assert.equal(second.status().type, 'down');
  assert.equal(first.status().type, 'up');
  await first.close();
  await logBroker(context, { folder }).open();
});

test('F22: the data folder of another process is refused, and free again once that was killed', async (context) => {
  const folder = await temporaryFolder(context);
  const child = spawn(process.execPath, [holder, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  await assert.rejects(logBroker(context, { folder }).open(), saying('Another Sluice', folder));
  child.kill('SIGKILL');
  await once(child, 'close');
  assert.equal((await logBroker(context, { folder }).open()).contacted, true);
});

test('a log of a newer version is refused and left as it is', async (context) => {
  const folder = await temporaryFolder(context);
  const path = join(folder, 'log.sqlite');
  const newer = new DatabaseSync(path);
  newer.exec('CREATE TABLE later (x); PRAGMA user_version = 7');
  newer.close();
  await assert.rejects(logBroker(context, { folder }).open(), saying(path, 'version 7', '--data-dir'));
  const after = new DatabaseSync(path, { readOnly: true });
  assert.equal(after.prepare('PRAGMA user_version').get()?.['user_version'], 7);
  assert.equal(after.prepare('PRAGMA journal_mode').get()?.['journal_mode'], 'delete');
  after.close();
});

test('a log file that is no database is refused and left as it is', async (context) => {
  const folder = await temporaryFolder(context);
  const path = join(folder, 'log.sqlite');
  await writeFile(path, 'this is not a database, it is a letter to my aunt '.repeat(50));
  await assert.rejects(logBroker(context, { folder }).open(), saying(path, 'backup'));
});
