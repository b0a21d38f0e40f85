import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLogFile } from '../../../src/broker/sqlite/log-file.ts';
import { logTopics } from '../../../src/broker/sqlite/topics.ts';
import { allTopics, durableTopics, ephemeralTopics } from '../topics.ts';
import { temporaryFolder } from './folder-fixture.ts';

test('F32: a commit is synced: write-ahead log with synchronous FULL', async (context) => {
  const { database } = openLogFile(await temporaryFolder(context), [], 1, undefined);
  assert.equal(database.prepare('PRAGMA journal_mode').get()?.['journal_mode'], 'wal');
  assert.equal(database.prepare('PRAGMA synchronous').get()?.['synchronous'], 2);
  database.close();
});

test('an epoch is made once for each topic, and differs between two logs', async (context) => {
  const topics = logTopics(allTopics(durableTopics));
  const [one, two] = [await temporaryFolder(context), await temporaryFolder(context)];
  const epochs = (folder: string): string[] => {
    const { database, logs } = openLogFile(folder, topics, 1, undefined);
    database.close();
    return [...logs.values()].map(({ epoch }) => epoch);
  };
  const first = epochs(one);
  assert.equal(new Set([...first, ...epochs(two)]).size, 2 * topics.length);
  assert.deepEqual(epochs(one), first);
});

test('an EPHEMERAL topic is not given to the log', () => {
  assert.throws(() => logTopics(allTopics(ephemeralTopics)), /EPHEMERAL/);
});
