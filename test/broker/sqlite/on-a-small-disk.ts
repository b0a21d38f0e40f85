// Tests that mount a small file system. Run by small-disk.test.ts in a mount namespace of their own, which ends with this process.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { PublishOutcome } from '../../../src/broker/outcome.ts';
import { eventually } from '../../support/eventually.ts';
import { readLog } from '../adapters/sqlite.ts';
import { answersAreTrue } from '../join.ts';
import { durableTopics, instanceOf } from '../topics.ts';
import { logBroker, publish, temporaryFolder } from './folder-fixture.ts';

const topic = durableTopics.parameter;
const program = fileURLToPath(new URL('../support/publishing-child.ts', import.meta.url));
const mebibyte = 1_048_576;

/** A disk of 8 MiB, half of it taken by a file. */
async function smallDisk(context: TestContext): Promise<{ folder: string; ballast: string }> {
  let mounted = '';
  // Set before the hook that removes the folder, for hooks run in this order. Lazily: a failed test may hold it open.
  context.after(() => {
    if (mounted !== '') spawnSync('umount', ['-l', mounted]);
  });
  const folder = await temporaryFolder(context);
  assert.equal(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder]).status, 0);
  mounted = folder;
  const ballast = join(folder, 'ballast');
  await writeFile(ballast, Buffer.alloc(4 * mebibyte));
  return { folder: join(folder, 'data'), ballast };
}

function checkIntact(folder: string): void {
  const database = new DatabaseSync(join(folder, 'log.sqlite'), { readOnly: true });
  assert.equal(database.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok');
  database.close();
}

test('F31: on a disk that is really full publishes are unavailable, and heal by themselves when there is room', async (context) => {
  const { folder, ballast } = await smallDisk(context);
  const instance = instanceOf(topic, 'full');
  const broker = logBroker(context, { folder });
  await broker.open();
  const published = new Map<string, PublishOutcome>();
  async function write(n: number): Promise<PublishOutcome> {
    const value = JSON.stringify({ n, filler: 'x'.repeat(20_000) });
    const outcome = await publish(broker, topic, instance, value);
    published.set(value, outcome);
    return outcome;
  }
  let n = 0;
  while ((await write(n++)).type === 'acknowledged') assert.ok(n < 2_000, 'the disk never filled');
  assert.equal([...published.values()].at(-1)?.type, 'unavailable');
  assert.equal(broker.status().type, 'down');
  for (let more = 0; more < 5; more++) await write(n++);
  await rm(ballast);
  await eventually(() => broker.status().type === 'up');
  assert.equal((await write(n++)).type, 'acknowledged');
  answersAreTrue(
    published,
    readLog(folder, instance).map(({ value }) => value?.toString() ?? ''),
  );
  await broker.close();
  checkIntact(folder);
});

test('F31, F32: killed on a full disk, the log opens intact with every acknowledged event', async (context) => {
  const { folder, ballast } = await smallDisk(context);
  const child = spawn(process.execPath, [program, folder, 'flood'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  for await (const data of child.stdout) {
    said += String(data);
    if (said.split('\nunavailable ').length > 20) child.kill('SIGKILL');
  }
  const acknowledged = [...said.matchAll(/^acknowledged (\d+)$/gm)].map(([, n]) => Number(n));
  assert.ok(acknowledged.length > 0 && /^unavailable/m.test(said), 'the disk filled');

  // On the full disk it may have to wait for room, but never asks for repair.
  const broker = logBroker(context, { folder });
  await broker.open();
  await rm(ballast);
  await eventually(() => broker.status().type === 'up');
  const stored = new Set(
    readLog(folder, instanceOf(topic, 'killed')).map(
      ({ value }) => (JSON.parse(value?.toString() ?? '') as { n: number }).n,
    ),
  );
  assert.deepEqual(
    acknowledged.filter((n) => !stored.has(n)),
    [],
    'J1',
  );
  const refused = [...said.matchAll(/^unavailable (\d+)$/gm)].map(([, n]) => Number(n));
  assert.deepEqual(
    refused.filter((n) => stored.has(n)),
    [],
    'J2',
  );
  assert.equal((await publish(broker, topic, instanceOf(topic, 'killed'), '{"n":-1}')).type, 'acknowledged');
  await broker.close();
  checkIntact(folder);
});
