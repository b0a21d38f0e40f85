import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ErrorCode } from '../../../src/error/operation-error.ts';
import { at, batchOf, wireErrorOf } from '../scripted-operations.ts';
import { RecordedConnection } from './recorded-connection.ts';

const LOST: readonly ErrorCode[] = ['CURSOR_EXPIRED', 'BROKER_UNAVAILABLE', 'EVENT_INVALID', 'INTERNAL_SERVER_ERROR'];

describe('refusals on one connection', () => {
  for (const code of ['UNAUTHENTICATED', 'FORBIDDEN', 'LIMIT_EXCEEDED'] as const) {
    it(`P96, P35: ${code} is one error with its code, and the socket and its other subscriptions live`, () => {
      const recorded = RecordedConnection.ready();
      const other = recorded.subscribed('other');
      recorded.subscribe('a', `refuse validation ${code}`);
      assert.deepEqual(recorded.socket.take(), [
        { id: 'a', type: 'error', payload: [{ message: 'refused', extensions: { code } }] },
      ]);
      other.sink.next(batchOf({ data: 1 }));
      assert.deepEqual(recorded.socket.take(), [{ id: 'other', type: 'next', payload: { data: 1 } }]);
      assert.equal(recorded.socket.closeCode(), undefined);
    });
  }

  for (const code of LOST) {
    it(`P87, P20: a source that ends in ${code} ends its subscription, once, and its id is free`, () => {
      const recorded = RecordedConnection.ready();
      const { sink } = recorded.subscribed('a');
      sink.error([wireErrorOf(code, 'gone')]);
      sink.error([wireErrorOf(code, 'again')]);
      assert.deepEqual(recorded.socket.take(), [
        { id: 'a', type: 'error', payload: [{ message: 'gone', extensions: { code } }] },
      ]);
      recorded.subscribe('a');
      at(recorded.operations.subscriptions, 1).sink.next(batchOf({ data: 'free' }));
      assert.deepEqual(recorded.socket.take(), [{ id: 'a', type: 'next', payload: { data: 'free' } }]);
    });
  }

  it('P86: a subscription that is refused hears of nothing else, although the same document was accepted before', () => {
    const recorded = RecordedConnection.ready();
    const { sink } = recorded.subscribed('a');
    recorded.subscribe('b', 'refuse validation');
    sink.next(batchOf({ data: 1 }));
    assert.deepEqual(
      recorded.socket.take().map(({ id, type }) => `${id} ${type}`),
      ['b error', 'a next'],
    );
  });
});
