import assert from 'node:assert/strict';
import { readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRedisStreamsBroker } from '../../../src/broker/redis-streams/broker.ts';
import { eventually } from '../../support/eventually.ts';
import { testEnvironment } from '../environment.ts';
import { bufferedTopics } from '../topics.ts';
import { placeIn, StreamProbe, start } from './stream-probe.ts';

const DAY_MS = 86_400_000;

test('a quiet cursor stays valid after its stream expired, and an older one is `trimmed`', {
  timeout: 60_000,
}, async () => {
  await using row = await start();
  const probe = new StreamProbe(row, 'expired');
  const older = await probe.publish('1');
  const quiet = await probe.publish('2');
  await row.server.cli('PEXPIRE', probe.key, '1');
  await eventually(async () => (await row.server.cli('EXISTS', probe.key)) === '0');
  assert.deepEqual([await probe.resume(quiet), await probe.resume(older)], ['valid', 'trimmed']);
  assert.deepEqual(await probe.locate('latest'), quiet);
  assert.deepEqual(await probe.locate('earliest'), quiet);
  const next = await probe.publish('3');
  assert.deepEqual([next.log, placeIn(next)[1]], [quiet.log, 3], 'epoch and ordinals go on');
  assert.deepEqual(await probe.read(quiet), ['3']);
  assert.deepEqual([await probe.read(older), await probe.resume(older)], ['trimmed', 'trimmed']);
});

test('a stream that plain writers gave birth to again goes on, also under a tail', { timeout: 60_000 }, async () => {
  await using row = await start();
  const probe = new StreamProbe(row, 'reborn');
  const tail = await row.tail(probe.key);
  const older = await probe.publish('1', '2');
  const quiet = await probe.publish('3');
  await tail.sees('3');
  await row.server.cli('DEL', probe.key);
  for (const value of ['4', '5', '6', '7']) await probe.add('*', value);
  await tail.sees('7');
  assert.deepEqual([tail.texts(), tail.ends], [['1', '2', '3', '4', '5', '6', '7'], []]);
  assert.deepEqual([await probe.read(quiet), await probe.resume(older)], [['4', '5', '6', '7'], 'trimmed']);
  const next = await probe.publish('8');
  assert.deepEqual([next.log, placeIn(next)[1]], [quiet.log, 8]);
  await tail.sees('8');
  assert.deepEqual(tail.records.at(-1)?.position, {
    type: 'redis-stream',
    epoch: next.log,
    id: placeIn(next)[0],
    ordinal: 8,
  });
});

test('an empty stream that a consumer group made in its place is no other stream', { timeout: 60_000 }, async () => {
  await using row = await start();
  const probe = new StreamProbe(row, 'group');
  const quiet = await probe.publish('1', '2');
  await row.server.cli('DEL', probe.key);
  await row.server.cli('XGROUP', 'CREATE', probe.key, 'workers', '$', 'MKSTREAM');
  assert.equal(await probe.resume(quiet), 'valid');
  await probe.publish('3');
  assert.deepEqual(await probe.read(quiet), ['3']);
});

test('F30: a publish to a stream that is born again under lower ids begins a new epoch', {
  timeout: 60_000,
}, async () => {
  await using row = await start();
  const probe = new StreamProbe(row, 'jump');
  const tail = await row.tail(probe.key);
  // As a Redis whose clock was ahead would have written it.
  await probe.add('5000000000000-0', '1');
  await tail.sees('1');
  const before = await probe.locate('latest');
  const start0 = await probe.locate('earliest');
  await row.server.cli('DEL', probe.key);
  const after = await probe.publish('2');
  assert.notEqual(after.log, before.log);
  assert.equal(placeIn(after)[1], 1);
  await eventually(() => tail.ends.length > 0);
  assert.deepEqual([tail.texts(), tail.ends], [['1'], ['recreated']]);
  for (const old of [before, start0]) {
    assert.deepEqual([await probe.resume(old), await probe.read(old)], ['recreated', 'recreated']);
  }
  assert.deepEqual(await probe.read(await probe.locate('earliest')), ['2']);
});

test('F30, F37: lower ids by plain writers are found to be another stream, under a tail and behind a cursor', {
  timeout: 90_000,
}, async () => {
  await using row = await start();
  const probe = new StreamProbe(row, 'lower');
  const tail = await row.tail(probe.key);
  const old = await probe.publish('1');
  await tail.sees('1');
  await row.server.cli('DEL', probe.key);
  for (let n = 1; n <= 3; n++) await probe.add(`1-${n}`, `low ${n}`);
  await eventually(() => tail.ends.length > 0, { deadlineMs: 30_000 });
  assert.deepEqual([tail.texts(), tail.ends, await probe.resume(old)], [['1'], ['recreated'], 'recreated']);
  assert.deepEqual(await probe.read(await probe.locate('earliest')), ['low 1', 'low 2', 'low 3']);
});

test('where only what is remembered was lost, nothing of the new epoch reaches the old tail', {
  timeout: 60_000,
}, async () => {
  await using row = await start();
  const probe = new StreamProbe(row, 'forgotten');
  const tail = await row.tail(probe.key);
  const old = await probe.publish('1');
  await tail.sees('1');
  await row.server.cli('DEL', probe.companion);
  const next = await probe.publish('2');
  await eventually(() => tail.ends.length > 0);
  assert.deepEqual([tail.texts(), tail.ends, await probe.resume(old)], [['1'], ['recreated'], 'recreated']);
  assert.equal(placeIn(next)[1], 2);
});

test('F1: after a restart with nothing kept, tails and cursors are told `recreated`, and all goes on', {
  timeout: 90_000,
}, async () => {
  await using row = await start();
  const probe = new StreamProbe(row, 'empty-restart');
  const unborn = new StreamProbe(row, 'unborn');
  const tail = await row.tail(probe.key);
  const old = await probe.publish('1');
  const nothingYet = await unborn.locate('latest');
  await tail.sees('1');
  await row.server.kill();
  await row.server.restart();
  await eventually(() => tail.ends.length > 0, { deadlineMs: 40_000 });
  assert.deepEqual([tail.texts(), tail.ends, tail.gaps], [['1'], ['recreated'], []]);
  await eventually(() => row.broker.status().type === 'up', { deadlineMs: 40_000 });
  assert.deepEqual([await probe.resume(old), await unborn.resume(nothingYet)], ['recreated', 'recreated']);
  const next = await row.tail(probe.key);
  await probe.publish('2');
  await next.sees('2');
  assert.deepEqual(next.texts(), ['2']);
});

test('F37: after FLUSHALL a quiet tail ends by itself, and an event published at once is not taken for the old stream’s', {
  timeout: 90_000,
}, async () => {
  await using row = await start();
  const [quiet, busy] = [new StreamProbe(row, 'quiet'), new StreamProbe(row, 'busy')];
  const tails = [await row.tail(quiet.key), await row.tail(busy.key)];
  const old = [await quiet.publish('1'), await busy.publish('1')] as const;
  for (const tail of tails) await tail.sees('1');
  await row.server.cli('FLUSHALL');
  await busy.publish('2');
  await eventually(() => tails.every(({ ends }) => ends.length > 0), { deadlineMs: 30_000 });
  for (const tail of tails) assert.deepEqual([tail.texts(), tail.ends], [['1'], ['recreated']]);
  assert.deepEqual([await quiet.resume(old[0]), await busy.resume(old[1])], ['recreated', 'recreated']);
});

test('F2: what a power failure cut from the AOF has expired as `truncated`, also after the stream has grown again', {
  timeout: 120_000,
}, async () => {
  await using row = await start({ args: ['--appendonly', 'yes', '--appendfsync', 'everysec'] });
  const probe = new StreamProbe(row, 'cut');
  const kept = await probe.publish('1', '2', '3');
  const folder = join((await row.server.cli('CONFIG', 'GET', 'dir')).split('\n')[1] ?? '', 'appendonlydir');
  const file = join(folder, (await readdir(folder)).find((name) => name.endsWith('.incr.aof')) ?? '');
  const { size } = await stat(file);
  const tail = await row.tail(probe.key);
  const lost = await probe.publish('4', '5');
  await tail.sees('5');
  assert.ok((await stat(file)).size > size, 'the fault: there is something to cut');
  await row.server.kill();
  await truncate(file, size);
  await row.server.restart();
  await eventually(() => tail.ends.length > 0, { deadlineMs: 40_000 });
  assert.deepEqual(tail.ends, ['truncated']);
  await eventually(() => row.broker.status().type === 'up', { deadlineMs: 40_000 });
  assert.deepEqual([await probe.resume(lost), await probe.read(lost)], ['truncated', 'truncated']);
  assert.equal(await probe.resume(kept), 'valid');
  await probe.publish('4b', '5b', '6b');
  assert.deepEqual([await probe.resume(lost), await probe.read(lost)], ['truncated', 'truncated']);
  assert.deepEqual(await probe.read(kept), ['4b', '5b', '6b']);
});

test('a stream that only others ever wrote to gets its epoch from the first reader, and all gateways agree', {
  timeout: 60_000,
}, async () => {
  await using row = await start();
  const probe = new StreamProbe(row, 'foreign');
  for (let n = 1; n <= 5; n++) await probe.add('*', `${n}`);
  await row.server.cli('XTRIM', probe.key, 'MAXLEN', '=', '3');
  const broker = createRedisStreamsBroker({ url: row.server.url }, testEnvironment(bufferedTopics));
  await broker.open();
  const [mine, theirs] = await Promise.all([
    probe.locate('earliest'),
    broker.history?.locate(broker.stream(row.topic, probe.key), { type: 'earliest' }),
  ]);
  await broker.close();
  assert.deepEqual(theirs, { type: 'located', position: mine });
  assert.equal(placeIn(mine)[1], 2);
  assert.deepEqual(await probe.read(mine), ['3', '4', '5']);
  await row.server.cli('XTRIM', probe.key, 'MAXLEN', '=', '2');
  assert.equal(await probe.resume(mine), 'trimmed');
});

test('what is remembered outlives its stream by far, and a stream that never was for a day', {
  timeout: 60_000,
}, async () => {
  await using row = await start();
  const [born, unborn] = [new StreamProbe(row, 'born'), new StreamProbe(row, 'never')];
  await born.publish('1');
  await unborn.locate('latest');
  const left = async ({ companion }: StreamProbe): Promise<number> => Number(await row.server.cli('PTTL', companion));
  assert.ok((await left(born)) > 29 * DAY_MS);
  assert.ok((await left(unborn)) > DAY_MS / 2 && (await left(unborn)) <= DAY_MS);
  await row.server.cli('PEXPIRE', born.companion, String(DAY_MS));
  await born.locate('latest');
  assert.ok((await left(born)) > 29 * DAY_MS, 'a look renews it');
});
