import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { subscribe } from '../support/graphql-client.ts';
import { WAYS } from './four-ways.ts';
import { chat, idOf, job, order, ProtocolGateway } from './protocol-gateway.ts';

/** Rules of subscriptions, cursors and gaps, over real sockets, against a real Redis and the embedded log. */
describe('the protocol of a whole gateway', () => {
  let running: ProtocolGateway;
  before(async () => {
    running = await ProtocolGateway.start();
  });
  after(() => running.stop());

  const refused: readonly (readonly [name: string, query: string, message: RegExp])[] = [
    ['P80: two root fields', 'subscription { order { id } chat(room: "a") { text } }', /only one|one top level/i],
    [
      'P80: two root fields by a fragment',
      'subscription { order { id } ...F } fragment F on Subscription { b: order { id } }',
      /only one|one top level/i,
    ],
    ['P81: a root field of introspection', 'subscription { __typename }', /introspection/i],
    ['P81: the schema as a root field', 'subscription { __schema { queryType { name } } }', /introspection/i],
    ['P82: @skip at the root', 'subscription { order @skip(if: false) { id } }', /@skip/],
    ['P82: @include on a root fragment', 'subscription { ... @include(if: true) { order { id } } }', /@include/],
    [
      'P82: @include in a root fragment',
      'subscription { ...F } fragment F on Subscription { order @include(if: true) { id } }',
      /@include/,
    ],
  ];
  for (const [name, query, message] of refused) {
    test(`${name} is a validation error on every way`, async () => {
      // By POST and GET as JSON a subscription is refused with 406 before anything else could be (P69).
      for (const [way, ask] of WAYS.slice(0, 2)) {
        const { errors, data } = await ask(running.url, { query });
        assert.equal(errors[0]?.extensions['code'], 'GRAPHQL_VALIDATION_FAILED', way);
        assert.match(errors[0]?.message ?? '', message, way);
        assert.equal(data, undefined, way);
      }
    });
  }

  test('P83: an anonymous subscription and one with an alias get the event under the key they ask for', async () => {
    const plain = subscribe(running.url, 'subscription { chat(room: "p83") { text } }');
    const aliased = subscribe(running.url, 'subscription Named { talk: chat(room: "p83") { words: text } }');
    await running.attached(plain, () => chat('p83', 'x'));
    await running.attached(aliased, () => chat('p83', 'x'));
    assert.deepEqual(plain.results[0]?.data, { chat: { text: 'x' } });
    assert.deepEqual(aliased.results[0]?.data, { talk: { words: 'x' } });
    await Promise.all([plain.end(), aliased.end()]);
  });

  test('P84, P85, P97: errors and nulls stay in the event that has them, and the stream lives', async () => {
    const query = 'subscription { job(queue: "p84") { id size owner { name } parts { name } } }';
    const subscription = subscribe(running.url, query);
    await running.attached(subscription, (id) => job('p84', id));
    const first = subscription.results.length;
    await running.write('p84', { id: '1', queue: 'p84', size: 1, owner: { name: null } });
    await running.write('p84', { id: '2', queue: 'p84', size: 1, parts: [{ name: 'a' }, { name: null }] });
    await running.write('p84', { id: '3', queue: 'p84', size: 'many' });
    await running.write('p84', 'not JSON');
    await running.write('p84', { id: '5', queue: 'p84', size: 5 });
    await eventually(() => subscription.results.some((result) => idOf(result, 'job') === '5'));
    const [owner, parts, size, foreign, good] = subscription.results
      .slice(first)
      .filter((result) => !String(idOf(result, 'job')).startsWith('probe'));
    assert.deepEqual(owner?.data, { job: { id: '1', size: 1, owner: null, parts: null } });
    assert.deepEqual(owner?.errors?.[0]?.path, ['job', 'owner', 'name']);
    assert.deepEqual(parts?.data, { job: { id: '2', size: 1, owner: null, parts: null } });
    assert.deepEqual(parts?.errors?.[0]?.path, ['job', 'parts', 1, 'name']);
    assert.deepEqual(size?.data, { job: null });
    assert.deepEqual(size?.errors?.[0]?.path, ['job', 'size']);
    assert.deepEqual(foreign?.data, { job: null });
    assert.equal(foreign?.errors?.[0]?.extensions?.['code'], 'EVENT_INVALID');
    assert.deepEqual(foreign?.errors?.[0]?.path, ['job']);
    assert.deepEqual(good?.data, { job: { id: '5', size: 5, owner: null, parts: null } });
    assert.equal(good?.errors, undefined);
    for (const result of [owner, parts, size, foreign, good]) assert.ok(result?.extensions?.['cursor']);
    assert.equal(subscription.failure, undefined);
    await subscription.end();
  });

  test('P86: what is wrong with the request comes before any event, although events are there', async () => {
    await running.publish(job('p86', '1'));
    const subscription = subscribe(
      running.url,
      'subscription ($queue: ID!) { job(queue: $queue, from: { earliest: true }) { id } }',
      {},
    );
    await eventually(() => subscription.failure, { what: 'the refusal' });
    assert.deepEqual(subscription.results, []);
    assert.match(JSON.stringify(subscription.failure), /BAD_USER_INPUT/);
    await subscription.end();
  });

  test('P87: the last subscriber that goes takes the subscription of the broker with it', async () => {
    const channels = (): Promise<string> => running.redis.cli('PUBSUB', 'CHANNELS', 'chat.p87');
    const one = subscribe(running.url, 'subscription { chat(room: "p87") { text } }');
    const two = subscribe(running.url, 'subscription { chat(room: "p87") { room text } }');
    await running.attached(one, () => chat('p87', 'x'));
    await running.attached(two, () => chat('p87', 'x'));
    await one.end();
    const before = two.results.length;
    await running.publish(chat('p87', 'still'));
    await eventually(() => two.results.length > before, { what: 'the event for the one that stays' });
    assert.equal(await channels(), 'chat.p87');
    await two.end();
    await eventually(async () => (await channels()) === '', { what: 'the channel is left' });
  });

  test('P90: every result of a BUFFERED and a DURABLE topic has a short URL-safe cursor, and none of an EPHEMERAL one', async () => {
    const orders = subscribe(running.url, 'subscription { order { id } }');
    const jobs = subscribe(running.url, 'subscription { job(queue: "p90") { id } }');
    const chats = subscribe(running.url, 'subscription { chat(room: "p90") { text } }');
    await running.attached(orders, order);
    await running.attached(jobs, (id) => job('p90', id));
    await running.attached(chats, () => chat('p90', 'x'));
    for (const { results } of [orders, jobs]) {
      for (const { extensions } of results) assert.match(String(extensions?.['cursor']), /^[\w.~-]{1,1000}$/);
    }
    for (const { extensions } of chats.results) assert.equal(extensions?.['cursor'], undefined);
    await Promise.all([orders.end(), jobs.end(), chats.end()]);
  });

  test('P91: a cursor resumes strictly behind its event and wins over from; null is from now on', async () => {
    const cursors = new Map<string, unknown>();
    for (const id of ['1', '2', '3']) cursors.set(id, (await running.publish(job('p91', id)))['cursor']);
    const query = 'subscription { job(queue: "p91", from: { earliest: true }) { id } }';
    const resumed = subscribe(running.url, query, undefined, { cursor: cursors.get('1') });
    const all = subscribe(running.url, query, undefined, { cursor: null });
    const live = subscribe(running.url, 'subscription { job(queue: "p91") { id } }', undefined, { cursor: null });
    await running.attached(live, (id) => job('p91', id));
    await eventually(() => resumed.results.length >= 3 && all.results.length >= 4);
    assert.deepEqual(
      resumed.results.slice(0, 2).map((result) => idOf(result, 'job')),
      ['2', '3'],
    );
    assert.deepEqual(
      all.results.slice(0, 3).map((result) => idOf(result, 'job')),
      ['1', '2', '3'],
    );
    assert.match(String(idOf(live.results[0], 'job')), /^probe-/);
    await Promise.all([resumed.end(), all.end(), live.end()]);
  });

  test('P92: after the link to the broker was cut the next result of an EPHEMERAL topic says since when events may be missing', async () => {
    const subscription = subscribe(running.url, 'subscription { chat(room: "p92") { text } }');
    await running.attached(subscription, () => chat('p92', 'before'));
    await running.redis.cli('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await eventually(async () => {
      await running.publish(chat('p92', 'after'));
      return subscription.results.some(({ data }) => JSON.stringify(data).includes('after'));
    });
    const gaps = subscription.results.map(({ extensions }) => extensions?.['gap']).filter((gap) => gap !== undefined);
    assert.equal(gaps.length, 1);
    const gap = gaps[0] as { reason: string; since: string };
    assert.equal(gap.reason, 'link_lost');
    assert.ok(Date.parse(gap.since) <= Date.now());
    await subscription.end();
  });
});
