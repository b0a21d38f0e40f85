import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedisStreamsBroker } from '../../../src/broker/redis-streams/broker.ts';
import { PUSHED_BYTES } from '../../../src/broker/redis-streams/publish-script.ts';
import type { Topic } from '../../../src/routing/topic.ts';
import { eventually } from '../../support/eventually.ts';
import { entriesOf, type RedisRowOptions, startRedisRow } from '../redis/redis-row.ts';
import { bufferedTopics } from '../topics.ts';

const start = (options: RedisRowOptions = {}): ReturnType<typeof startRedisRow> =>
  startRedisRow(createRedisStreamsBroker, bufferedTopics, options);

const bounded = (maxEvents: number, retentionMs: number): Topic => ({
  ...bufferedTopics.parameter,
  policy: { delivery: 'BUFFERED', maxEvents, retentionMs, foreignWriters: true },
});

test('each publish trims by maxEvents and sets the expiry to the retention', { timeout: 60_000 }, async () => {
  await using row = await start({ topic: bounded(500, 600_000) });
  const queue = row.instance('bounded');
  await Promise.all(Array.from({ length: 3_000 }, (_, n) => row.publish(queue, `${n}`)));
  const length = Number(await row.server.cli('XLEN', queue));
  // Whole nodes of 100 entries are cut, so a little more than the bound may stay, never less.
  assert.ok(length >= 500 && length < 700, `${length} entries`);
  const expiry = Number(await row.server.cli('PTTL', queue));
  assert.ok(expiry > 500_000 && expiry <= 600_000, `${expiry} ms`);
});

test('each publish drops what is older than the retention', { timeout: 60_000 }, async () => {
  await using row = await start({ topic: bounded(100_000, 3_600_000) });
  const queue = row.instance('old');
  const twoHoursAgo = Date.now() - 7_200_000;
  const write = "for n = 1, 1000 do redis.call('XADD', KEYS[1], ARGV[1] .. '-' .. n, 'data', n) end";
  await row.server.cli('EVAL', write, '1', queue, String(twoHoursAgo));
  assert.equal((await row.publish(queue, '"new"')).type, 'acknowledged');
  const length = Number(await row.server.cli('XLEN', queue));
  assert.ok(length < 200, `${length} entries`);
  assert.equal((await entriesOf(row.server, queue)).at(-1)?.data, '"new"');
});

test('J4: plain XADD between publishes: the tail sees the log in its order, each entry once', {
  timeout: 120_000,
}, async () => {
  await using row = await start();
  const queue = row.instance('mixed');
  const tail = await row.tail(queue);
  // One script each, so that foreign entries stand directly before and behind those of Sluice.
  const foreign = "for n = 1, tonumber(ARGV[1]) do redis.call('XADD', KEYS[1], '*', 'data', 'f' .. n) end";
  for (let round = 0; round < 40; round++) {
    const publishes = Array.from({ length: round % 7 }, (_, n) => row.publish(queue, `"p${round}.${n}"`));
    if (round % 3 !== 1) await row.server.cli('EVAL', foreign, '1', queue, String(round % 5));
    for (const outcome of await Promise.all(publishes)) assert.equal(outcome.type, 'acknowledged');
  }
  const stored = (await entriesOf(row.server, queue)).map(({ data }) => data);
  await eventually(() => tail.records.length >= stored.length, { what: `${stored.length} records` });
  assert.deepEqual(tail.texts(), stored);
  assert.ok(stored.length > 150);
});

test('a plain XADD alone is found, and where the entry has no field data the value is empty', {
  timeout: 60_000,
}, async () => {
  await using row = await start();
  const queue = row.instance('plain');
  const tail = await row.tail(queue);
  await row.server.cli('XADD', queue, '*', 'data', '{"n":1}', 'other', 'x');
  await row.server.cli('XADD', queue, '5000000000000-3', 'other', 'x');
  await row.server.cli('XADD', queue, '*', 'other', 'x', 'data', '{"n":3}');
  await tail.sees('{"n":3}');
  assert.deepEqual(tail.texts(), ['{"n":1}', '', '{"n":3}']);
  const [, second] = tail.records;
  const [begin] = tail.positions;
  assert.deepEqual(second?.position, {
    type: 'redis-stream',
    epoch: begin?.log,
    id: '5000000000000-3',
    ordinal: 2,
  });
  assert.equal(second?.timestamp, 5_000_000_000_000);
});

test('bodies around the push bound arrive in order, and 300 of them at once', { timeout: 120_000 }, async () => {
  await using row = await start();
  const queue = row.instance('sizes');
  const tail = await row.tail(queue);
  const values = Array.from({ length: 300 }, (_, n) =>
    JSON.stringify(`${n} `.padEnd(n % 3 === 0 ? PUSHED_BYTES + (n % 5) - 4 : 20, 'x')),
  );
  for (const outcome of await Promise.all(values.map((value) => row.publish(queue, value)))) {
    assert.equal(outcome.type, 'acknowledged');
  }
  await eventually(() => tail.records.length >= values.length);
  assert.deepEqual(tail.texts(), values);
});

test('a tail starts at the last id, though its entry is gone', { timeout: 60_000 }, async () => {
  await using row = await start();
  const queue = row.instance('anchor');
  await row.publish(queue, '"old"');
  const last = await row.publish(queue, '"deleted"');
  assert.ok(last.type === 'acknowledged' && last.position?.type === 'redis-stream');
  await row.server.cli('XDEL', queue, last.position.id);
  const tail = await row.tail(queue);
  await row.publish(queue, '"new"');
  await tail.sees('"new"');
  assert.deepEqual(tail.texts(), ['"new"']);
});

test('a key that is no stream is rejected by name, and does not blind the tails of others', {
  timeout: 60_000,
}, async () => {
  const errors: string[] = [];
  const log = { info() {}, warn() {}, error: (message: string) => void errors.push(message) };
  await using row = await start({ environment: { log } });
  const [bad, good] = [row.instance('bad'), row.instance('good')];
  const fine = await row.tail(good);
  const broken = await row.tail(bad);
  await row.server.cli('SET', bad, 'a string');
  const outcome = await row.publish(bad, '{}');
  assert.ok(outcome.type === 'rejected', outcome.type);
  assert.match(outcome.reason, /"jobs\.bad"/);
  await row.server.cli('XADD', good, '*', 'data', '"seen"');
  await fine.sees('"seen"');
  await eventually(() => errors.some((text) => text.includes('jobs.bad')), { what: 'the error in the log' });
  assert.equal(row.broker.status().type, 'up');
  await row.server.cli('DEL', bad);
  await row.server.cli('XADD', bad, '*', 'data', '"mended"');
  await broken.sees('"mended"');
});

test('1,200 streams are polled: a plain XADD to any of them is found', { timeout: 120_000 }, async () => {
  await using row = await start();
  const queues = Array.from({ length: 1_200 }, (_, n) => row.instance(`wide-${n}`));
  const tails = await Promise.all(queues.map((queue) => row.tail(queue)));
  const add = "for _, key in ipairs(KEYS) do for n = 1, 3 do redis.call('XADD', key, '*', 'data', n) end end";
  await row.server.cli('EVAL', add, String(queues.length), ...queues);
  await eventually(() => tails.every(({ records }) => records.length === 3), { deadlineMs: 60_000 });
  for (const tail of tails) assert.deepEqual(tail.texts(), ['1', '2', '3']);
  assert.ok((await row.server.calls('xread')) >= 3, 'in reads of 500 streams');
  for (const tail of tails) tail.close();
  await eventually(() => row.broker.tailCount() === 0);
  assert.equal(await row.server.cli('PUBSUB', 'CHANNELS'), '');
});

test('an event whose push Redis refuses is stored, acknowledged and found, and the log says it once', {
  timeout: 60_000,
}, async () => {
  const errors: string[] = [];
  const log = { info() {}, warn() {}, error: (message: string) => void errors.push(message) };
  await using row = await start({ environment: { log } });
  const queue = row.instance('rights');
  const tail = await row.tail(queue);
  await row.server.cli('ACL', 'SETUSER', 'default', '-publish');
  for (let n = 0; n < 3; n++) assert.equal((await row.publish(queue, `${n}`)).type, 'acknowledged');
  await tail.sees('2');
  assert.deepEqual(tail.texts(), ['0', '1', '2']);
  assert.equal(errors.length, 1);
});
