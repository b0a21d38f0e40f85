import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Gap } from '../../../src/fanout/subscriber-sink.ts';
import { at, batchOf, wireErrorOf } from '../scripted-operations.ts';
import { RecordedConnection } from './recorded-connection.ts';

const GAP: Gap = { reason: 'link_lost', since: '2026-01-01T00:00:00.000Z' };
const LATER: Gap = { reason: 'slow_subscriber', since: '2026-01-01T00:00:01.000Z' };
const KEEP_ALIVE = 10_000;
const MAX_PING_BYTES = 16_384;

function pingOf(subscriptions: Readonly<Record<string, unknown>>): unknown {
  return { type: 'ping', payload: { sluice: subscriptions } };
}

function attached(cursor: string): { readonly cursor: string; readonly gap: undefined } {
  return { cursor, gap: undefined };
}

describe('progress in pings', () => {
  it('P100: without the opt-in nothing changes on the wire, and there is no timer', () => {
    const wishes = [
      undefined,
      null,
      {},
      { sluice: null },
      { sluice: true },
      { sluice: [true] },
      { sluice: { progress: false } },
      { sluice: { progress: 'true' } },
      { sluice: { progress: 1 } },
      { progress: true },
    ];
    for (const payload of wishes) {
      const recorded = RecordedConnection.ready({}, payload);
      const subscription = recorded.subscribed('a');
      subscription.cursor = 'c1';
      subscription.sink.progress(attached('c1'));
      subscription.sink.progress({ cursor: undefined, gap: GAP });
      assert.equal(recorded.clock.timerCount, 0, JSON.stringify(payload));
      recorded.clock.advance(3 * KEEP_ALIVE);
      assert.deepEqual(recorded.socket.texts, [], JSON.stringify(payload));
    }
  });

  it('P100, A57: a wish in a prototype is no wish', () => {
    const recorded = new RecordedConnection();
    recorded.sayText('{"type":"connection_init","payload":{"__proto__":{"sluice":{"progress":true}}}}');
    assert.equal(recorded.clock.timerCount, 0);
    const other = new RecordedConnection();
    other.sayText('{"type":"connection_init","payload":{"sluice":{"__proto__":{"progress":true}}}}');
    assert.equal(other.clock.timerCount, 0);
  });

  it('P100: the acknowledgement is the same with the opt-in', () => {
    const recorded = new RecordedConnection();
    recorded.say({ type: 'connection_init', payload: { sluice: { progress: true } } });
    assert.deepEqual(recorded.socket.texts, ['{"type":"connection_ack"}']);
  });

  it('P100: once the subscription is attached its cursor is told, once', () => {
    const recorded = RecordedConnection.withProgress();
    const subscription = recorded.subscribed('a');
    assert.deepEqual(recorded.socket.take(), []);
    subscription.cursor = 'c1';
    subscription.sink.progress(attached('c1'));
    assert.deepEqual(recorded.socket.texts, ['{"type":"ping","payload":{"sluice":{"a":{"cursor":"c1"}}}}']);
    recorded.socket.take();
    recorded.clock.advance(3 * KEEP_ALIVE);
    assert.deepEqual(recorded.socket.take(), []);
  });

  it('P100: attached where nothing is kept, there is nothing to tell', () => {
    const recorded = RecordedConnection.withProgress();
    recorded.subscribed('a').sink.progress({ cursor: undefined, gap: undefined });
    recorded.clock.advance(3 * KEEP_ALIVE);
    assert.deepEqual(recorded.socket.take(), []);
  });

  it('P100: a gap is told at once, with or without a cursor', () => {
    const recorded = RecordedConnection.withProgress();
    const { sink } = recorded.subscribed('a');
    sink.progress({ cursor: undefined, gap: GAP });
    sink.progress({ cursor: 'c1', gap: LATER });
    assert.deepEqual(recorded.socket.take(), [
      pingOf({ a: { gap: GAP } }),
      pingOf({ a: { cursor: 'c1', gap: LATER } }),
    ]);
  });

  it('P100: at each keep-alive those whose position moved are told, in one ping, and no others', () => {
    const recorded = RecordedConnection.withProgress();
    const [a, b, c] = ['a', 'b', 'c'].map((id) => recorded.subscribed(id));
    for (const subscription of [a, b, c]) subscription?.sink.progress(attached('c1'));
    for (const subscription of recorded.operations.subscriptions) subscription.cursor = 'c1';
    recorded.socket.take();
    at(recorded.operations.subscriptions, 0).cursor = 'a2';
    at(recorded.operations.subscriptions, 2).cursor = 'c2';
    recorded.clock.advance(KEEP_ALIVE - 1);
    assert.deepEqual(recorded.socket.take(), []);
    recorded.clock.advance(1);
    assert.deepEqual(recorded.socket.take(), [pingOf({ a: { cursor: 'a2' }, c: { cursor: 'c2' } })]);
    recorded.clock.advance(KEEP_ALIVE);
    assert.deepEqual(recorded.socket.take(), []);
    at(recorded.operations.subscriptions, 1).cursor = 'b2';
    recorded.clock.advance(KEEP_ALIVE);
    assert.deepEqual(recorded.socket.take(), [pingOf({ b: { cursor: 'b2' } })]);
  });

  it('P100: a position that is not known at a keep-alive is told at a later one', () => {
    const recorded = RecordedConnection.withProgress();
    const subscription = recorded.subscribed('a');
    subscription.sink.progress(attached('c1'));
    recorded.socket.take();
    subscription.cursor = undefined;
    subscription.sink.next(batchOf({ data: 1 }));
    recorded.clock.advance(KEEP_ALIVE);
    assert.deepEqual(
      recorded.socket.take().map(({ type }) => type),
      ['next'],
    );
    subscription.cursor = 'c2';
    recorded.clock.advance(KEEP_ALIVE);
    assert.deepEqual(recorded.socket.take(), [pingOf({ a: { cursor: 'c2' } })]);
  });

  it('P100: one timer for the connection, none for its subscriptions, and none when it is closed', () => {
    const recorded = RecordedConnection.withProgress();
    for (const id of ['a', 'b', 'c']) recorded.subscribe(id);
    assert.equal(recorded.clock.timerCount, 1);
    recorded.clock.advance(5 * KEEP_ALIVE);
    assert.equal(recorded.clock.timerCount, 1);
    recorded.connection.closed();
    assert.equal(recorded.clock.timerCount, 0);
  });

  it('P100: a keep-alive that finds the socket stuck closes with 1013 and leaves no timer', () => {
    const recorded = RecordedConnection.withProgress();
    recorded.subscribed('a').cursor = 'c1';
    recorded.socket.outcome = 'stuck';
    recorded.clock.advance(KEEP_ALIVE);
    assert.equal(recorded.socket.closeCode(), 1013);
    assert.equal(recorded.clock.timerCount, 0);
  });

  it('P4, P100: an acknowledgement that finds the socket stuck leaves no timer', () => {
    const recorded = new RecordedConnection();
    recorded.socket.outcome = 'stuck';
    recorded.say({ type: 'connection_init', payload: { sluice: { progress: true } } });
    assert.equal(recorded.socket.closeCode(), 1013);
    assert.equal(recorded.clock.timerCount, 0);
  });

  it('P100: a bug of a cursor closes with 4500, and the process lives', () => {
    const recorded = RecordedConnection.withProgress();
    recorded.subscribed('a').cursor = () => {
      throw new Error('a secret');
    };
    recorded.clock.advance(KEEP_ALIVE);
    assert.equal(recorded.socket.closeCode(), 4500);
    assert.equal(recorded.socket.closing?.reason, 'Internal server error');
    assert.equal(recorded.clock.timerCount, 0);
  });

  it('P100: the pong that echoes it gets no answer', () => {
    const recorded = RecordedConnection.withProgress();
    recorded.subscribed('a').sink.progress(attached('c1'));
    const [ping] = recorded.socket.take();
    recorded.say({ type: 'pong', payload: ping?.payload });
    assert.deepEqual(recorded.socket.take(), []);
    assert.equal(recorded.socket.closeCode(), undefined);
  });

  it('P11, P24, P100: nothing is told of a subscription that is over, nor of a new one with its id', () => {
    const recorded = RecordedConnection.withProgress();
    const first = recorded.subscribed('a');
    recorded.complete('a');
    first.cursor = 'old';
    first.sink.progress(attached('old'));
    const second = recorded.subscribed('a');
    recorded.clock.advance(KEEP_ALIVE);
    assert.deepEqual(recorded.socket.take(), []);
    second.sink.error([wireErrorOf('BROKER_UNAVAILABLE', 'gone')]);
    second.cursor = 'c1';
    second.sink.progress({ cursor: 'c1', gap: GAP });
    recorded.clock.advance(KEEP_ALIVE);
    assert.deepEqual(
      recorded.socket.take().map(({ type }) => type),
      ['error'],
    );
  });

  it('P28, P100, A57: ids are keys of any kind, in the text as it stands', () => {
    const ids = ['__proto__', 'constructor', '😀', '"quoted"\\', '1', 'ä'.repeat(128), '\ud800', '\n'];
    const recorded = RecordedConnection.withProgress();
    for (const id of ids) recorded.subscribed(id).cursor = `of ${ids.indexOf(id)}`;
    recorded.clock.advance(KEEP_ALIVE);
    const members = ids.map((id, index) => `${JSON.stringify(id)}:{"cursor":"of ${index}"}`);
    // JSON.parse makes `__proto__` an own member too, but deepEqual does not tell it from a prototype: the texts are compared.
    assert.deepEqual(recorded.socket.texts, [`{"type":"ping","payload":{"sluice":{${members.join(',')}}}}`]);
  });

  it('P100: a hundred cursors of 1 kB under long ids go in pings of at most 16 KiB, each told once', () => {
    const recorded = RecordedConnection.withProgress();
    const ids = Array.from({ length: 100 }, (_, index) => `${index}${'ä'.repeat(120)}`);
    for (const id of ids) recorded.subscribed(id).cursor = `${id.length}`.padEnd(1024, 'c');
    recorded.clock.advance(KEEP_ALIVE);
    const sizes = recorded.socket.texts.map((text) => Buffer.byteLength(text));
    assert.ok(Math.max(...sizes) <= MAX_PING_BYTES);
    assert.ok(Math.min(...sizes.slice(0, -1)) > MAX_PING_BYTES - 2_000);
    const told = recorded.socket
      .take()
      .flatMap(({ payload }) => Object.keys((payload as { sluice: Record<string, unknown> }).sluice));
    assert.deepEqual(told, ids);
  });
});

describe('progress while the peer takes no more', () => {
  function full(): RecordedConnection {
    const recorded = RecordedConnection.withProgress();
    const { sink } = recorded.subscribed('a');
    recorded.socket.outcome = 'full';
    sink.next(batchOf({ data: 1 }));
    recorded.socket.outcome = 'sent';
    recorded.socket.take();
    return recorded;
  }

  it('P36, P100: gaps are held back and told once it takes more, the earliest, before anything is resumed', () => {
    const recorded = full();
    const subscription = at(recorded.operations.subscriptions, 0);
    for (const gap of [LATER, GAP, LATER]) subscription.sink.progress({ cursor: undefined, gap });
    assert.deepEqual(recorded.socket.take(), []);
    subscription.onResume = () => subscription.sink.next(batchOf({ data: 2 }));
    recorded.connection.flushed(0);
    assert.deepEqual(recorded.socket.take(), [
      pingOf({ a: { gap: GAP } }),
      { id: 'a', type: 'next', payload: { data: 2 } },
    ]);
    recorded.clock.advance(KEEP_ALIVE);
    recorded.connection.flushed(0);
    assert.deepEqual(recorded.socket.take(), []);
  });

  it('P100: of a subscription that attached meanwhile the cursor of now is told, not an older one', () => {
    const recorded = full();
    const subscription = recorded.subscribed('b');
    subscription.sink.progress(attached('c1'));
    subscription.cursor = 'c2';
    recorded.clock.advance(KEEP_ALIVE);
    assert.deepEqual(recorded.socket.take(), []);
    recorded.connection.flushed(0);
    assert.deepEqual(recorded.socket.take(), [pingOf({ b: { cursor: 'c2' } })]);
  });

  it('P24, P100: what was held back is forgotten when its subscription ends', () => {
    const recorded = full();
    const [a] = recorded.operations.subscriptions;
    a?.sink.progress({ cursor: undefined, gap: GAP });
    recorded.subscribed('b').sink.progress({ cursor: undefined, gap: GAP });
    a?.sink.complete();
    recorded.complete('b');
    recorded.socket.take();
    recorded.connection.flushed(0);
    assert.deepEqual(recorded.socket.take(), []);
  });
});
