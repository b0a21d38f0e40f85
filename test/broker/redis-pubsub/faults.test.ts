import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedisPubSubBroker } from '../../../src/broker/redis-pubsub/broker.ts';
import { eventually } from '../../support/eventually.ts';
import { startRedisRow } from '../redis/redis-row.ts';
import { ephemeralTopics } from '../topics.ts';

const start = (options = {}): ReturnType<typeof startRedisRow> =>
  startRedisRow(createRedisPubSubBroker, ephemeralTopics, options);

test('F36: a PUBLISH whose reply is eaten is indeterminate and was run once', { timeout: 60_000 }, async () => {
  await using row = await start();
  const room = row.instance('eaten');
  // Directly at the server, so that the cut link hides nothing.
  await using direct = await startRedisRow(createRedisPubSubBroker, ephemeralTopics, {
    config: { url: row.server.url },
  });
  const witness = await direct.tail(room);
  const eaten = row.proxy.eatReplyTo((request) => request.includes('$7\r\npublish\r\n'));
  const outcome = await row.publish(room, '{"n":1}');
  await eaten;
  assert.equal(outcome.type, 'indeterminate');
  await eventually(() => row.broker.status().type === 'up');
  assert.equal((await row.publish(room, '{"n":2}')).type, 'acknowledged');
  await witness.sees('{"n":2}');
  assert.deepEqual(witness.texts(), ['{"n":1}', '{"n":2}']);
});

test('F8: after CLIENT KILL of the subscriber all is subscribed again, with one gap and publishes unharmed', {
  timeout: 60_000,
}, async () => {
  await using row = await start();
  const wildcard = ephemeralTopics.wildcard;
  assert.ok(wildcard.can);
  const rooms = Array.from({ length: 600 }, (_, n) => row.instance(`kill-${n}`));
  const tails = await Promise.all(rooms.map((room) => row.tail(room)));
  const pattern = await row.tail(undefined, wildcard.topic);
  const statuses: string[] = [];
  row.broker.onStatus(({ type }) => statuses.push(type));
  const before = Date.now();
  assert.equal(await row.server.cli('CLIENT', 'KILL', 'TYPE', 'pubsub'), '1');
  const all = [...tails, pattern];
  await eventually(() => all.every((tail) => tail.gaps.length > 0));
  for (const [n, room] of rooms.entries()) {
    if (n % 100 === 0) assert.equal((await row.publish(room, `{"n":${n}}`)).type, 'acknowledged');
  }
  assert.equal((await row.publish(row.instance('x'), '"p"', wildcard.topic)).type, 'acknowledged');
  await tails[500]?.sees('{"n":500}');
  for (const { gaps } of all) {
    assert.equal(gaps.length, 1, 'once per loss');
    assert.equal(gaps[0]?.reason, 'link_lost');
    const since = gaps[0]?.since ?? 0;
    assert.ok(since <= Date.now() && since > before - 60_000, 'since is the last good moment');
  }
  await eventually(() => row.broker.status().type === 'up');
  assert.deepEqual(statuses, ['down', 'up'], 'J7');
});

test('a gap stands before the first record after it', { timeout: 60_000 }, async () => {
  await using row = await start();
  const room = row.instance('order');
  const tail = await row.tail(room);
  const order: string[] = [];
  const seen = { gaps: 0 };
  tail.onRecord = () => {
    if (tail.gaps.length > seen.gaps) order.push('gap');
    seen.gaps = tail.gaps.length;
    order.push('record');
  };
  for (let round = 1; round <= 5; round++) {
    order.length = 0;
    await row.server.cli('CLIENT', 'KILL', 'TYPE', 'pubsub');
    // From outside and without pause, so that messages stand directly behind the confirmation.
    await eventually(async () => {
      await row.server.cli('EVAL', "for n = 1, 50 do redis.call('PUBLISH', ARGV[1], n) end", '0', room);
      return order.length > 0;
    });
    assert.equal(order[0], 'gap', `round ${round}`);
    assert.equal(tail.gaps.length, round);
    // None of this round's messages may be taken for one of the next.
    await row.server.cli('PUBLISH', room, `end of ${round}`);
    await tail.sees(`end of ${round}`);
  }
});

test('F3: a Redis that is stopped is down within the deadline, the publish is indeterminate, and all goes on', {
  timeout: 90_000,
}, async () => {
  await using row = await start();
  const room = row.instance('stopped');
  const tail = await row.tail(room);
  row.server.pause();
  try {
    const outcome = await row.publish(room, '{"while":"stopped"}');
    assert.equal(outcome.type, 'indeterminate');
    await eventually(() => row.broker.status().type === 'down');
    assert.equal((await row.publish(room, '{"later":1}')).type, 'unavailable', 'nothing is written to a lost link');
  } finally {
    row.server.resume();
  }
  await eventually(() => row.broker.status().type === 'up', { deadlineMs: 40_000 });
  await eventually(() => tail.gaps.length === 1, { what: 'one gap' });
  assert.equal((await row.publish(room, '{"again":1}')).type, 'acknowledged');
  await tail.sees('{"again":1}');
  assert.ok(!tail.texts().includes('{"later":1}'));
  assert.equal(tail.gaps.length, 1);
});

test('F3: frames of a link that was given up reach nobody', { timeout: 90_000 }, async () => {
  await using row = await start();
  const room = row.instance('frames');
  const tail = await row.tail(room);
  row.proxy.stall();
  for (let n = 0; n < 10; n++) assert.equal(await row.server.cli('PUBLISH', room, `{"stalled":${n}}`), '1');
  await eventually(() => {
    const status = row.broker.status();
    return status.type === 'down' && status.detail.includes('subscribe: Redis has stopped answering');
  });
  row.proxy.flow();
  await eventually(() => tail.gaps.length === 1, { deadlineMs: 40_000 });
  await row.server.cli('PUBLISH', room, '{"live":1}');
  await tail.sees('{"live":1}');
  assert.deepEqual(tail.texts(), ['{"live":1}']);
});

test('a channel that the pattern matches and no parameter can give is not of the topic', {
  timeout: 60_000,
}, async () => {
  await using row = await start();
  assert.ok(ephemeralTopics.wildcard.can);
  const { topic } = ephemeralTopics.wildcard;
  const tail = await row.tail(undefined, topic);
  for (const channel of ['typing.a b', 'typing.ü', 'typing.', 'typing.a.b', 'typing.%41']) {
    assert.equal(await row.server.cli('PUBLISH', channel, `"${channel}"`), '1', 'Redis itself matches it');
  }
  await row.server.cli('PUBLISH', 'typing.a%20b', '"mine"');
  await tail.sees('"mine"');
  assert.deepEqual(tail.texts(), ['"mine"']);
  assert.equal(tail.records[0]?.instance, 'typing.a%20b');
});

test('1,000 channels that come, go and come again before Redis confirms leave none behind', {
  timeout: 60_000,
}, async () => {
  await using row = await start();
  const rooms = Array.from({ length: 1_000 }, (_, n) => row.instance(`churn-${n}`));
  for (let round = 0; round < 3; round++) {
    const first = rooms.map((room) => row.tail(room));
    const open = await Promise.all(first);
    for (const tail of open) tail.close();
    // Some within the turn of the close, some after the UNSUBSCRIBE left and before its confirmation.
    const again = rooms.slice(0, 100).map((room) => row.tail(room));
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    again.push(...rooms.slice(100, 200).map((room) => row.tail(room)));
    const reopened = await Promise.all(again);
    for (const n of [0, 99, 100, 199]) {
      const room = rooms[n];
      assert.ok(room);
      assert.equal((await row.publish(room, `"${round}"`)).type, 'acknowledged');
      await reopened[n]?.sees(`"${round}"`);
    }
    for (const tail of reopened) tail.close();
  }
  await eventually(() => row.broker.tailCount() === 0);
  assert.equal(await row.server.cli('PUBSUB', 'CHANNELS'), '');
});
