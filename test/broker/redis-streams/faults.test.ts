import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedisStreamsBroker } from '../../../src/broker/redis-streams/broker.ts';
import { eventually } from '../../support/eventually.ts';
import { entriesOf, type RedisRowOptions, startRedisRow } from '../redis/redis-row.ts';
import { bufferedTopics } from '../topics.ts';

const start = (options: RedisRowOptions = {}): ReturnType<typeof startRedisRow> =>
  startRedisRow(createRedisStreamsBroker, bufferedTopics, options);

test('F36: an XADD whose reply is eaten is indeterminate and leaves one entry', { timeout: 60_000 }, async () => {
  await using row = await start();
  const queue = row.instance('eaten');
  const tail = await row.tail(queue);
  const eaten = row.proxy.eatReplyTo((request) => request.includes('{"n":1}'));
  const outcome = await row.publish(queue, '{"n":1}');
  await eaten;
  assert.equal(outcome.type, 'indeterminate');
  await tail.sees('{"n":1}');
  await eventually(() => row.broker.status().type === 'up');
  assert.equal((await entriesOf(row.server, queue)).length, 1);
  assert.equal((await row.publish(queue, '{"n":2}')).type, 'acknowledged');
  await tail.sees('{"n":2}');
  assert.deepEqual(tail.texts(), ['{"n":1}', '{"n":2}']);
});

test('F3: a stopped Redis is seen within the deadline, the publish is indeterminate, and the tail goes on without loss', {
  timeout: 90_000,
}, async () => {
  await using row = await start();
  const queue = row.instance('stopped');
  const tail = await row.tail(queue);
  assert.equal((await row.publish(queue, '{"n":1}')).type, 'acknowledged');
  row.server.pause();
  try {
    assert.equal((await row.publish(queue, '{"n":2}')).type, 'indeterminate');
    await eventually(() => row.broker.status().type === 'down');
    assert.equal((await row.publish(queue, '{"n":3}')).type, 'unavailable', 'nothing is written to a lost link');
  } finally {
    row.server.resume();
  }
  await eventually(() => row.broker.status().type === 'up', { deadlineMs: 40_000 });
  assert.equal((await row.publish(queue, '{"n":4}')).type, 'acknowledged');
  await tail.sees('{"n":4}');
  const stored = await entriesOf(row.server, queue);
  assert.deepEqual(
    tail.texts(),
    stored.map(({ data }) => data),
  );
  assert.ok(!tail.texts().includes('{"n":3}'), 'J2');
});

test('F6: OOM is unavailable, and nothing is stored', { timeout: 60_000 }, async () => {
  await using row = await start();
  const queue = row.instance('full');
  await row.server.cli('CONFIG', 'SET', 'maxmemory', '1mb');
  const outcome = await row.publish(queue, '{"n":1}');
  assert.ok(outcome.type === 'unavailable', outcome.type);
  assert.match(outcome.reason, /OOM/);
  await row.server.cli('CONFIG', 'SET', 'maxmemory', '0');
  assert.equal(await row.server.cli('EXISTS', queue), '0', 'J2');
  assert.equal((await row.publish(queue, '{"n":2}')).type, 'acknowledged');
});

test('F6: READONLY and NOREPLICAS are unavailable', { timeout: 60_000 }, async () => {
  await using row = await start();
  const queue = row.instance('replica');
  await row.server.cli('CONFIG', 'SET', 'min-replicas-to-write', '1');
  const alone = await row.publish(queue, '{"n":1}');
  assert.ok(alone.type === 'unavailable', alone.type);
  assert.match(alone.reason, /NOREPLICAS/);
  await row.server.cli('CONFIG', 'SET', 'min-replicas-to-write', '0');
  // A primary that is not there: the replica waits for it and takes no writes.
  await row.server.cli('REPLICAOF', '127.0.0.1', '1');
  const replica = await row.publish(queue, '{"n":2}');
  assert.ok(replica.type === 'unavailable', replica.type);
  assert.match(replica.reason, /READONLY/);
  await row.server.cli('REPLICAOF', 'NO', 'ONE');
  assert.equal((await row.publish(queue, '{"n":3}')).type, 'acknowledged');
  assert.deepEqual(
    (await entriesOf(row.server, queue)).map(({ data }) => data),
    ['{"n":3}'],
  );
});

test('a Redis that forgot the script refuses what was sent by its name, keeps the order, and is sent the text again', {
  timeout: 60_000,
}, async () => {
  await using row = await start();
  const queue = row.instance('forgotten');
  const tail = await row.tail(queue);
  const burst = (from: number): Promise<string[]> =>
    Promise.all(Array.from({ length: 20 }, async (_, n) => (await row.publish(queue, `${from + n}`)).type));
  assert.deepEqual(new Set(await burst(0)), new Set(['acknowledged']));
  assert.deepEqual(new Set(await burst(20)), new Set(['acknowledged']));
  assert.equal(await row.server.calls('evalsha'), 20, 'by its name once it is known');
  await row.server.cli('SCRIPT', 'FLUSH');
  assert.deepEqual(new Set(await burst(40)), new Set(['unavailable']));
  assert.deepEqual(new Set(await burst(60)), new Set(['acknowledged']));
  const expected = [...Array(40).keys(), ...Array.from({ length: 20 }, (_, n) => 60 + n)].map(String);
  await tail.sees('79');
  assert.deepEqual(tail.texts(), expected);
  assert.deepEqual(
    (await entriesOf(row.server, queue)).map(({ data }) => data),
    expected,
    'J2',
  );
});

test('a user who may EVAL and not EVALSHA can publish', { timeout: 60_000 }, async () => {
  await using row = await start();
  const queue = row.instance('rights');
  assert.equal((await row.publish(queue, '1')).type, 'acknowledged');
  await row.server.cli('ACL', 'SETUSER', 'default', '-evalsha');
  assert.equal((await row.publish(queue, '2')).type, 'unavailable');
  for (let n = 3; n < 9; n++) assert.equal((await row.publish(queue, `${n}`)).type, 'acknowledged');
});

test('F5, F8: cutting the push link, the read link or both in turn loses, doubles and swaps nothing', {
  timeout: 120_000,
}, async () => {
  await using row = await start();
  const queue = row.instance('cuts');
  const tail = await row.tail(queue);
  let writing = true;
  const writers = ['publish', 'foreign'].map(async (by) => {
    for (let n = 0; writing; n++) {
      const value = `{"by":"${by}","n":${n}}`;
      if (by === 'publish') await row.publish(queue, value);
      else await row.server.cli('XADD', queue, '*', 'data', value);
    }
  });
  const links = ['subscribe', 'read', 'subscribe', 'read'];
  for (const link of links) {
    const before = tail.records.length;
    assert.equal(
      row.proxy.cut((sent) => sent.includes(`sluice-${link}`)),
      1,
      link,
    );
    await eventually(() => row.broker.status().type === 'down');
    await eventually(() => row.broker.status().type === 'up');
    await eventually(() => tail.records.length > before + 20);
  }
  writing = false;
  await Promise.all(writers);
  const stored = (await entriesOf(row.server, queue)).map(({ data }) => data);
  await tail.sees(stored.at(-1) ?? '');
  assert.deepEqual(tail.texts(), stored);
});

test('F37: an eviction policy is said in the log at the start', { timeout: 60_000 }, async () => {
  const warnings: string[] = [];
  const log = { info() {}, error() {}, warn: (message: string) => void warnings.push(message) };
  await using row = await start({ args: ['--maxmemory-policy', 'allkeys-lru'], environment: { log } });
  assert.equal(row.broker.status().type, 'up');
  assert.match(warnings.join(), /allkeys-lru.*noeviction/);
});
