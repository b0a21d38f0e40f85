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
  const eaten = row.proxy.eatReplyTo((request) => request.includes('XADD'));
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

test('F1: after a restart with nothing kept the tail goes on in the new stream', { timeout: 90_000 }, async () => {
  await using row = await start();
  const queue = row.instance('reborn');
  const tail = await row.tail(queue);
  assert.equal((await row.publish(queue, '{"n":1}')).type, 'acknowledged');
  await tail.sees('{"n":1}');
  await row.server.kill();
  await row.server.restart();
  await eventually(() => row.broker.status().type === 'up', { deadlineMs: 40_000 });
  assert.equal((await row.publish(queue, '{"n":2}')).type, 'acknowledged');
  await tail.sees('{"n":2}');
  assert.deepEqual([tail.texts(), tail.ends, tail.gaps], [['{"n":1}', '{"n":2}'], [], []]);
});

test('F37: after FLUSHALL the tail hears Sluice and plain writers, also under lower ids', {
  timeout: 90_000,
}, async () => {
  await using row = await start();
  const queue = row.instance('flushed');
  const tail = await row.tail(queue);
  assert.equal((await row.publish(queue, '{"n":1}')).type, 'acknowledged');
  await row.server.cli('FLUSHALL');
  assert.equal((await row.publish(queue, '{"n":2}')).type, 'acknowledged');
  await tail.sees('{"n":2}');
  await row.server.cli('FLUSHALL');
  // The tail asks now and then for the last id of its stream; the second question from here on surely left after the flush.
  const before = await row.server.calls('eval_ro');
  await eventually(async () => (await row.server.calls('eval_ro')) >= before + 2);
  for (let n = 1; n <= 3; n++) await row.server.cli('XADD', queue, `1-${n}`, 'data', `{"low":${n}}`);
  await tail.sees('{"low":3}');
  assert.deepEqual(tail.texts(), ['{"n":1}', '{"n":2}', '{"low":1}', '{"low":2}', '{"low":3}']);
  assert.deepEqual(tail.ends, []);
});

test('F2, F37: a stream that was made anew under lower ids at once is followed from where it ends', {
  timeout: 90_000,
}, async () => {
  await using row = await start();
  const queue = row.instance('anew');
  const tail = await row.tail(queue);
  assert.equal((await row.publish(queue, '{"n":1}')).type, 'acknowledged');
  await tail.sees('{"n":1}');
  await row.server.cli(
    'EVAL',
    "redis.call('DEL', KEYS[1]) redis.call('XADD', KEYS[1], '1-1', 'data', 'x')",
    '1',
    queue,
  );
  let n = 1;
  await eventually(async () => {
    await row.server.cli('XADD', queue, `1-${++n}`, 'data', `{"low":${n}}`);
    return tail.texts().some((text) => text.startsWith('{"low"'));
  });
  const low = tail.texts().slice(1);
  assert.deepEqual(low, [...new Set(low)], 'none is doubled');
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
