import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import type { Collector } from '../collector.ts';
import { bufferedTopics } from '../topics.ts';
import { placeIn, StreamProbe, start } from './stream-probe.ts';

test('F7: entries that were trimmed before a tail could read them end it as `trimmed`', {
  timeout: 60_000,
}, async () => {
  await using row = await start();
  const probe = new StreamProbe(row, 'tail-trim');
  const tail = await row.tail(probe.key);
  await probe.publish('1');
  await tail.sees('1');
  const burst = `for n = 2, 6 do redis.call('XADD', KEYS[1], '*', 'data', n) end
    redis.call('XTRIM', KEYS[1], 'MAXLEN', '=', 2)`;
  await row.server.cli('EVAL', burst, '1', probe.key);
  await eventually(() => tail.ends.length > 0);
  assert.deepEqual([tail.texts(), tail.ends], [['1'], ['trimmed']]);
});

test('F7: a trim in the midst of a replay expires it, and the rest is never shown', { timeout: 60_000 }, async () => {
  await using row = await start();
  const probe = new StreamProbe(row, 'mid-replay');
  const begin = await probe.locate('latest');
  await probe.publish(...Array.from({ length: 20 }, (_, n) => `${n}`));
  const [place] = begin.partitions;
  assert.ok(place);
  const limits = { maxRecords: 5, maxBytes: 1_000 };
  const chunk = await probe.history.read(probe.stream, 0, begin.log, place, limits);
  assert.ok(chunk.type === 'chunk' && chunk.records.length === 5 && !chunk.atEnd);
  await row.server.cli('XTRIM', probe.key, 'MAXLEN', '=', '15');
  assert.equal((await probe.read({ ...begin, partitions: [chunk.next] })).length, 15, 'nothing behind it was lost');
  await row.server.cli('XTRIM', probe.key, 'MAXLEN', '=', '14');
  assert.equal(await probe.read({ ...begin, partitions: [chunk.next] }), 'trimmed');
});

test('XDEL inside a stream is stepped over, by replays and by tails', { timeout: 60_000 }, async () => {
  await using row = await start();
  const probe = new StreamProbe(row, 'xdel');
  const tail = await row.tail(probe.key);
  const places = [];
  for (const value of ['1', '2', '3', '4', '5']) places.push(await probe.publish(value));
  await tail.sees('5');
  const [first, second, third, , fifth] = places;
  assert.ok(first && second && third && fifth);
  for (const place of [second, third, fifth]) await row.server.cli('XDEL', probe.key, placeIn(place)[0]);
  assert.deepEqual(await probe.read(first), ['4']);
  assert.deepEqual(await probe.read(second), ['4'], 'its own entry was deleted');
  assert.deepEqual([await probe.resume(fifth), await probe.read(fifth)], ['valid', []]);
  await probe.add('*', '6');
  await tail.sees('6');
  assert.deepEqual([tail.texts(), tail.ends], [['1', '2', '3', '4', '5', '6'], []]);
  assert.deepEqual(await probe.read(fifth), ['6']);
});

test('an entry that was added and deleted at once moves the tail on, to where a replay arrives', {
  timeout: 60_000,
}, async () => {
  await using row = await start();
  const probe = new StreamProbe(row, 'hole');
  const begin = await probe.publish('1');
  const told: unknown[] = [];
  const tail = row.broker.tail(probe.stream, {
    positioned: ({ partitions: [place] }) => void told.push(place),
    record: ({ value }) => void told.push(String(value)),
    advanced: (partition, place) => void told.push([partition, place]),
    gap() {},
    ended: (reason) => void told.push(reason),
  });
  await tail.attached;
  const script = "redis.call('XDEL', KEYS[1], redis.call('XADD', KEYS[1], '*', 'data', 'x'))";
  await row.server.cli('EVAL', script, '1', probe.key);
  await eventually(() => told.length > 1);
  const [place] = (await probe.locate('latest')).partitions;
  assert.deepEqual(told, [begin.partitions[0], [0, place]]);
  const [from] = begin.partitions;
  assert.ok(from);
  const chunk = await probe.history.read(probe.stream, 0, begin.log, from, { maxRecords: 9, maxBytes: 9 });
  assert.ok(chunk.type === 'chunk', chunk.type);
  assert.deepEqual([chunk.records, chunk.next, chunk.atEnd], [[], place, true]);
  const [earliest] = (await probe.locate('earliest')).partitions;
  assert.ok(earliest);
  const whole = await probe.history.read(probe.stream, 0, begin.log, earliest, { maxRecords: 9, maxBytes: 9 });
  assert.ok(whole.type === 'chunk' && whole.records.length === 1);
  assert.deepEqual([whole.next, whole.atEnd], [place, true]);
  tail.close();
});

test('a start by time: ordinals are right from the first end on, and a trim past it is seen', {
  timeout: 60_000,
}, async () => {
  await using row = await start();
  const probe = new StreamProbe(row, 'time');
  for (let n = 0; n < 10; n++) await probe.add(`${1_000 + n}-0`, `${n}`);
  const located = await probe.history.locate(probe.stream, { type: 'time', time: 1_005 });
  assert.ok(located.type === 'located');
  const { position } = located;
  const [place] = position.partitions;
  assert.ok(place);
  const chunk = await probe.history.read(probe.stream, 0, position.log, place, { maxRecords: 50, maxBytes: 1_000 });
  assert.ok(chunk.type === 'chunk');
  const ordinals = chunk.records.map(({ position: at }) => (at?.type === 'redis-stream' ? at.ordinal : undefined));
  assert.deepEqual(ordinals, [6, 7, 8, 9, 10]);
  await row.server.cli('XTRIM', probe.key, 'MAXLEN', '=', '6');
  assert.equal(await probe.resume(position), 'valid', 'the entry before it is kept');
  await row.server.cli('XTRIM', probe.key, 'MAXLEN', '=', '3');
  assert.deepEqual([await probe.resume(position), await probe.read(position)], ['trimmed', 'trimmed']);
});

test('a chunk holds no more bytes than asked, whatever the sizes are, and bodies of any bytes', {
  timeout: 60_000,
}, async () => {
  await using row = await start();
  const probe = new StreamProbe(row, 'sizes');
  const begin = await probe.locate('latest');
  const values = Array.from({ length: 200 }, (_, n) => 'x'.repeat(n % 17 === 0 ? 60_000 : n));
  await probe.publish(...values);
  await row.server.cliWithInput(Buffer.from([0, 255, 13, 10, 0]), '-x', 'XADD', probe.key, '*', 'data');
  let [place] = begin.partitions;
  const read: Buffer[] = [];
  for (let atEnd = false; !atEnd; ) {
    assert.ok(place);
    const chunk = await probe.history.read(probe.stream, 0, begin.log, place, { maxRecords: 50, maxBytes: 65_536 });
    assert.ok(chunk.type === 'chunk', chunk.type);
    const bytes = chunk.records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
    assert.ok(chunk.records.length <= 50 && bytes <= 65_536, `${chunk.records.length} records, ${bytes} bytes`);
    for (const { value } of chunk.records) read.push(value ?? Buffer.from('none'));
    ({ next: place, atEnd } = chunk);
  }
  assert.deepEqual(read.slice(0, -1).map(String), values);
  assert.equal(read.at(-1)?.toString('hex'), '00ff0d0a00');
});

test('what no entry can stand at is expired, not unavailable', { timeout: 60_000 }, async () => {
  await using row = await start();
  const probe = new StreamProbe(row, 'forged');
  const { log } = await probe.publish('1');
  const highest = '18446744073709551615-18446744073709551615';
  const at = (id: string, ordinal: number): ReturnType<StreamProbe['resume']> =>
    probe.resume({ log, partitions: [{ type: 'redis-stream', id, ordinal }] });
  assert.equal(await at(highest, 1), 'truncated');
  assert.equal(await at('1-1', Number.MAX_SAFE_INTEGER), 'truncated');
  assert.equal(await at('1-1', 1), 'truncated');
  assert.equal(await at('0-0', 0), 'valid');
  assert.equal(await probe.resume({ log, partitions: [{ type: 'log', sequence: 1 }] }), 'invalid');
});

test('F6: where Redis takes no writes, what is known can be read, and nothing is invented', {
  timeout: 60_000,
}, async () => {
  await using row = await start();
  const [known, unknown] = [new StreamProbe(row, 'oom'), new StreamProbe(row, 'oom-unknown')];
  const first = await known.publish('1');
  await known.publish('2');
  await row.server.cli('CONFIG', 'SET', 'maxmemory', '1mb');
  assert.deepEqual([await known.resume(first), await known.read(first)], ['valid', ['2']]);
  const answer = await unknown.history.locate(unknown.stream, { type: 'latest' });
  assert.ok(answer.type === 'unavailable' && /OOM/.test(answer.reason), JSON.stringify(answer));
  await row.server.cli('CONFIG', 'SET', 'maxmemory', '0');
  await unknown.locate('latest');
});

test('`foreignWriters: false` is not polled; pushes that a cut link lost are found all the same', {
  timeout: 90_000,
}, async () => {
  const policy = { delivery: 'BUFFERED', retentionMs: 3_600_000, maxEvents: 20_000, foreignWriters: false } as const;
  await using row = await start({ topic: { ...bufferedTopics.parameter, policy } });
  const probe = new StreamProbe(row, 'unpolled');
  const tail = await row.tail(probe.key);
  await probe.publish('1');
  await tail.sees('1');
  const told: string[] = ['1'];
  row.proxy.cut((sent) => sent.includes('sluice-subscribe'));
  for (let n = 2; n <= 200; n++) {
    await probe.publish(`${n}`);
    told.push(`${n}`);
  }
  await tail.sees('200');
  assert.deepEqual(tail.texts(), told);
  // Over two of the slow looks that are left there is time for ten polls.
  const before = await row.server.calls('eval');
  await eventually(async () => (await row.server.calls('eval')) >= before + 2);
  assert.equal(await row.server.calls('xread'), 0);
});

test('a publish from elsewhere and a tail that begins amid it: history up to the tail’s place, then the tail, is the log', {
  timeout: 60_000,
}, async () => {
  await using row = await start();
  const probe = new StreamProbe(row, 'amid');
  const begin = await probe.locate('latest');
  let writing = true;
  const writer = (async () => {
    for (let n = 0; writing; n++) {
      if (n % 3 === 0) await probe.add('*', `${n}`);
      else await probe.publish(`${n}`);
    }
  })();
  const tails: Collector[] = [];
  for (let n = 0; n < 10; n++) {
    const tail = await row.tail(probe.key);
    await eventually(() => tail.records.length > 10);
    tails.push(tail);
  }
  writing = false;
  await writer;
  const all = await probe.read(begin, { maxRecords: 7, maxBytes: 1_000_000 });
  const last = all.at(-1) ?? '';
  for (const tail of tails) {
    await tail.sees(last);
    const [position] = tail.positions;
    assert.ok(position);
    const from = placeIn(position)[1];
    assert.deepEqual(tail.texts(), all.slice(from));
    const ordinals = tail.records.map(({ position: at }) => (at?.type === 'redis-stream' ? at.ordinal : undefined));
    assert.deepEqual(
      ordinals,
      ordinals.map((_, n) => from + 1 + n),
    );
  }
});
