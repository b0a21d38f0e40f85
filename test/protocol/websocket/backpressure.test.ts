import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, batchOf } from '../scripted-operations.ts';
import { RecordedConnection } from './recorded-connection.ts';

const BATCH = batchOf({ data: 1 });
const LIMITS = { pauseAtBufferedBytes: 1000, stuckTimeoutMs: 30_000 };

/** A connection whose socket became full by one result. */
function full(ids: readonly string[]): RecordedConnection {
  const recorded = RecordedConnection.ready(LIMITS);
  for (const id of ids) recorded.subscribe(id);
  recorded.socket.outcome = 'full';
  at(recorded.operations.subscriptions, 0).sink.next(BATCH);
  recorded.socket.outcome = 'sent';
  return recorded;
}

describe('a peer that reads slowly', () => {
  it('P36: every subscription of a full socket is told not to send, and all go on when it drains below the bound', () => {
    const recorded = RecordedConnection.ready(LIMITS);
    const first = recorded.subscribed('a');
    const second = recorded.subscribed('b');
    assert.deepEqual([first.sink.writable, second.sink.writable], [true, true]);
    recorded.socket.outcome = 'full';
    first.sink.next(BATCH);
    assert.deepEqual([first.sink.writable, second.sink.writable], [false, false]);
    recorded.connection.flushed(1000);
    assert.deepEqual([first.sink.writable, first.resumed, second.resumed], [false, 0, 0]);
    recorded.connection.flushed(999);
    assert.deepEqual([first.sink.writable, second.sink.writable], [true, true]);
    assert.deepEqual([first.resumed, second.resumed], [1, 1]);
    recorded.connection.flushed(0);
    assert.deepEqual([first.resumed, second.resumed], [1, 1]);
  });

  it('P36: the soft bound stands beside the hard one, and a full socket still carries answers', () => {
    const recorded = full(['a']);
    assert.equal(recorded.socket.bounds?.pauseAtBufferedBytes, 1000);
    assert.equal(recorded.socket.bounds?.maxBufferedBytes, 4_194_304);
    recorded.socket.take();
    recorded.say({ type: 'ping' });
    assert.deepEqual(recorded.socket.take(), [{ type: 'pong' }]);
    assert.equal(at(recorded.operations.subscriptions, 0).sink.writable, false);
    assert.equal(recorded.socket.closeCode(), undefined);
  });

  it('P36: a drain of a socket that was never full resumes nobody', () => {
    const recorded = RecordedConnection.ready(LIMITS);
    const subscription = recorded.subscribed('a');
    recorded.connection.flushed(0);
    assert.equal(subscription.resumed, 0);
  });

  it('P36: whoever goes on first fills the socket for the others, and comes after them the next time', () => {
    const recorded = full(['a', 'b', 'c']);
    const order: string[] = [];
    for (const subscription of recorded.operations.subscriptions) {
      subscription.onResume = () => {
        order.push('abc'.charAt(recorded.operations.subscriptions.indexOf(subscription)));
        recorded.socket.outcome = 'full';
        subscription.sink.next(BATCH);
      };
    }
    for (let round = 0; round < 4; round += 1) recorded.connection.flushed(0);
    assert.deepEqual(order, ['a', 'b', 'c', 'a']);
  });

  it('P36: a subscription that ended meanwhile is not resumed, and one that ends another while it resumes harms nobody', () => {
    const recorded = full(['a', 'b', 'c']);
    const [a, b, c] = recorded.operations.subscriptions;
    recorded.complete('a');
    if (b !== undefined) b.onResume = () => recorded.complete('c');
    recorded.connection.flushed(0);
    assert.deepEqual([a?.resumed, b?.resumed, c?.resumed], [0, 1, 0]);
    assert.deepEqual([a?.disposed, b?.disposed, c?.disposed], [1, 0, 1]);
    recorded.complete('b');
    assert.equal(recorded.operations.open, 0);
  });

  it('A21: resuming changes no count of subscriptions', () => {
    const recorded = RecordedConnection.ready({ ...LIMITS, maxSubscriptions: 2 });
    const { sink } = recorded.subscribed('a');
    recorded.subscribe('b');
    recorded.socket.outcome = 'full';
    sink.next(BATCH);
    recorded.socket.outcome = 'sent';
    recorded.connection.flushed(0);
    recorded.socket.take();
    recorded.subscribe('c');
    assert.match(JSON.stringify(recorded.socket.take()), /LIMIT_EXCEEDED/);
    recorded.complete('a');
    recorded.subscribe('c');
    assert.equal(recorded.operations.open, 2);
  });

  it('P34: a bug while resuming closes with 4500 and ends every source', () => {
    const recorded = full(['a', 'b']);
    at(recorded.operations.subscriptions, 0).onResume = () => {
      throw new Error('a secret');
    };
    recorded.connection.flushed(0);
    assert.equal(recorded.socket.closeCode(), 4500);
    assert.equal(recorded.operations.open, 0);
    assert.equal(recorded.clock.timerCount, 0);
  });
});

describe('a peer that reads nothing at all', () => {
  it('P36: a full socket that takes not one byte for 30 s closes with 1013, not before, counted', () => {
    const recorded = full(['a', 'b']);
    recorded.clock.advance(29_999);
    assert.equal(recorded.socket.closeCode(), undefined);
    recorded.clock.advance(1);
    assert.equal(recorded.socket.closeCode(), 1013);
    assert.deepEqual(recorded.drops, ['slow_connection']);
    assert.equal(recorded.operations.open, 0);
  });

  it('P36: every byte that leaves gives it another 30 s', () => {
    const recorded = full(['a']);
    for (let n = 0; n < 10; n += 1) {
      recorded.clock.advance(20_000);
      recorded.connection.flushed(2_000);
    }
    recorded.clock.advance(29_999);
    assert.equal(recorded.socket.closeCode(), undefined);
    recorded.clock.advance(1);
    assert.equal(recorded.socket.closeCode(), 1013);
  });

  it('P36: messages that are added to a full socket give it no more time', () => {
    const recorded = full(['a']);
    recorded.socket.outcome = 'full';
    for (let n = 0; n < 3; n += 1) {
      recorded.clock.advance(9_000);
      recorded.say({ type: 'ping' });
    }
    recorded.clock.advance(3_000);
    assert.equal(recorded.socket.closeCode(), 1013);
  });

  it('P36: a socket that drained below the bound has no timer, and a full one has one', () => {
    const recorded = full(['a', 'b', 'c']);
    assert.equal(recorded.clock.timerCount, 1);
    recorded.connection.flushed(0);
    assert.equal(recorded.clock.timerCount, 0);
    recorded.clock.advance(60_000);
    assert.equal(recorded.socket.closeCode(), undefined);
    recorded.socket.outcome = 'full';
    at(recorded.operations.subscriptions, 0).sink.next(BATCH);
    assert.equal(recorded.clock.timerCount, 1);
    recorded.connection.closed();
    assert.equal(recorded.clock.timerCount, 0);
  });
});
