import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, batchOf, wireErrorOf } from '../scripted-operations.ts';
import { RecordedConnection, settled } from './recorded-connection.ts';

const RESULT = '{"data":{"n":1}}';

describe('operations on one connection', () => {
  it('P9: reusing a live id closes with 4409, for any two kinds of operation', () => {
    for (const first of ['subscription', 'query', 'mutation']) {
      for (const second of ['subscription', 'query', 'mutation', 'refuse']) {
        const recorded = RecordedConnection.ready();
        recorded.subscribe('a', first);
        recorded.subscribe('a', second);
        assert.equal(recorded.socket.closeCode(), 4409, `${first}, ${second}`);
        assert.equal(recorded.socket.closing?.reason, 'Subscriber for a already exists');
        assert.equal(recorded.operations.requests.length, 1);
        assert.equal(recorded.operations.open, 0);
      }
    }
  });

  it('P9: an id is taken while its subscription is still being attached', () => {
    const recorded = RecordedConnection.ready();
    recorded.operations.onSubscribe = () => {
      recorded.operations.onSubscribe = undefined;
      recorded.subscribe('a');
    };
    recorded.subscribe('a');
    assert.equal(recorded.socket.closeCode(), 4409);
    assert.equal(recorded.operations.open, 0);
  });

  it('P10: an id is free after complete by the client, complete by the source, and error', async () => {
    const recorded = RecordedConnection.ready();
    recorded.subscribe('a');
    recorded.complete('a');
    recorded.subscribe('a');
    at(recorded.operations.subscriptions, 1).sink.complete();
    recorded.subscribe('a');
    at(recorded.operations.subscriptions, 2).sink.error([wireErrorOf('BROKER_UNAVAILABLE', 'x')]);
    recorded.subscribe('a', 'refuse');
    recorded.subscribe('a', 'query');
    at(recorded.operations.singles, 0).resolve(RESULT);
    await settled();
    recorded.subscribe('a');
    assert.equal(recorded.socket.closeCode(), undefined);
    assert.deepEqual(
      recorded.socket.take().map(({ type }) => type),
      ['complete', 'error', 'error', 'next', 'complete'],
    );
  });

  it('P11: complete and at once subscribe with the same id: the end of the first touches the second in nothing', () => {
    const recorded = RecordedConnection.ready();
    recorded.subscribe('a');
    recorded.complete('a');
    recorded.subscribe('a');
    const first = at(recorded.operations.subscriptions, 0);
    const second = at(recorded.operations.subscriptions, 1);
    // A source that breaks its promise and speaks late.
    first.sink.next(batchOf({ data: 'late' }));
    first.sink.complete();
    first.sink.error([wireErrorOf('BROKER_UNAVAILABLE', 'late')]);
    second.sink.next(batchOf({ data: 'second' }));
    assert.deepEqual(recorded.socket.take(), [{ id: 'a', type: 'next', payload: { data: 'second' } }]);
    assert.deepEqual([first.disposed, second.disposed], [1, 0]);
    recorded.complete('a');
    assert.equal(second.disposed, 1);
  });

  it('P11: a query completed by the client does not answer for the next operation with its id', async () => {
    const recorded = RecordedConnection.ready();
    recorded.subscribe('a', 'query');
    recorded.complete('a');
    recorded.subscribe('a', 'query');
    at(recorded.operations.singles, 0).resolve('{"data":"first"}');
    await settled();
    assert.deepEqual(recorded.socket.take(), []);
    at(recorded.operations.singles, 1).resolve('{"data":"second"}');
    await settled();
    assert.deepEqual(recorded.socket.take(), [
      { id: 'a', type: 'next', payload: { data: 'second' } },
      { id: 'a', type: 'complete' },
    ]);
  });

  it('P12: completed and reserved again while it is being attached: the late source is disposed of unseen', () => {
    const recorded = RecordedConnection.ready();
    recorded.operations.onSubscribe = () => {
      recorded.operations.onSubscribe = undefined;
      recorded.complete('a');
      recorded.subscribe('a');
    };
    recorded.subscribe('a');
    // The inner one subscribed second and is listed second; the outer one returned its source last.
    const [outer, inner] = recorded.operations.subscriptions;
    assert.deepEqual([outer?.disposed, inner?.disposed], [1, 0]);
    inner?.sink.next(batchOf({ data: 1 }));
    assert.deepEqual(recorded.socket.take(), [{ id: 'a', type: 'next', payload: { data: 1 } }]);
  });

  it('P19: a refused operation is one error, no next, no complete, and the socket lives', () => {
    for (const stage of ['syntax', 'operation', 'validation', 'variables', 'limit']) {
      const recorded = RecordedConnection.ready();
      recorded.subscribe('a', `refuse ${stage} GRAPHQL_VALIDATION_FAILED`);
      assert.deepEqual(recorded.socket.take(), [
        {
          id: 'a',
          type: 'error',
          payload: [{ message: 'refused', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
        },
      ]);
      recorded.say({ type: 'ping' });
      assert.deepEqual(recorded.socket.take(), [{ type: 'pong' }]);
    }
  });

  it('P20: a source that fails midway is one error, no complete, and the socket lives', () => {
    const recorded = RecordedConnection.ready();
    recorded.subscribe('a');
    const { sink } = at(recorded.operations.subscriptions, 0);
    sink.next(batchOf({ data: 1 }));
    sink.error([wireErrorOf('BROKER_UNAVAILABLE', 'gone')]);
    sink.complete();
    sink.next(batchOf({ data: 2 }));
    assert.deepEqual(
      recorded.socket.take().map(({ type }) => type),
      ['next', 'error'],
    );
    assert.equal(recorded.socket.closeCode(), undefined);
  });

  it('P21: a query or mutation is one next and one complete, in one write', async () => {
    for (const kind of ['query', 'mutation']) {
      const recorded = RecordedConnection.ready();
      const before = recorded.socket.writes;
      recorded.subscribe('"ü', kind);
      at(recorded.operations.singles, 0).resolve('{"data":{"a":null},"errors":[{"message":"field"}]}');
      await settled();
      assert.deepEqual(recorded.socket.take(), [
        { id: '"ü', type: 'next', payload: { data: { a: null }, errors: [{ message: 'field' }] } },
        { id: '"ü', type: 'complete' },
      ]);
      assert.equal(recorded.socket.writes - before, 1);
    }
  });

  it('P21: an operation that rejects, which is a bug, is a masked error and the socket lives', async () => {
    const recorded = RecordedConnection.ready();
    recorded.subscribe('a', 'query');
    at(recorded.operations.singles, 0).reject(new Error('a secret'));
    await settled();
    const [error] = recorded.socket.take();
    assert.equal(error?.type, 'error');
    assert.match(JSON.stringify(error), /INTERNAL_SERVER_ERROR/);
    assert.doesNotMatch(JSON.stringify(error), /a secret/);
    assert.equal(recorded.socket.closeCode(), undefined);
  });

  it('P22: a query that the client completed before it resolved sends nothing', async () => {
    const recorded = RecordedConnection.ready();
    recorded.subscribe('a', 'query');
    recorded.complete('a');
    at(recorded.operations.singles, 0).resolve(RESULT);
    await settled();
    assert.deepEqual(recorded.socket.take(), []);
  });

  it('P22: a query whose socket closed before it resolved sends nothing', async () => {
    const recorded = RecordedConnection.ready();
    recorded.subscribe('a', 'query');
    recorded.connection.closed();
    at(recorded.operations.singles, 0).resolve(RESULT);
    await settled();
    assert.deepEqual(recorded.socket.take(), []);
  });

  it('P23: complete for an unknown or finished id is ignored', () => {
    const recorded = RecordedConnection.ready();
    recorded.complete('never');
    recorded.subscribe('a');
    at(recorded.operations.subscriptions, 0).sink.complete();
    recorded.complete('a');
    recorded.complete('a');
    assert.deepEqual(recorded.socket.take(), [{ id: 'a', type: 'complete' }]);
    assert.equal(recorded.socket.closeCode(), undefined);
  });

  it('P24: nothing follows a client complete', () => {
    const recorded = RecordedConnection.ready();
    recorded.subscribe('a');
    const { sink } = at(recorded.operations.subscriptions, 0);
    sink.next(batchOf({ data: 1 }));
    recorded.socket.take();
    recorded.complete('a');
    sink.next(batchOf({ data: 2 }));
    sink.error([wireErrorOf('BROKER_UNAVAILABLE', 'x')]);
    sink.complete();
    assert.deepEqual(recorded.socket.take(), []);
    assert.equal(at(recorded.operations.subscriptions, 0).disposed, 1);
  });

  it('P25: when the source ends there is exactly one complete, after the last next', () => {
    const recorded = RecordedConnection.ready();
    recorded.subscribe('a');
    const { sink } = at(recorded.operations.subscriptions, 0);
    sink.next(batchOf({ data: 1 }, { data: 2 }));
    sink.complete();
    sink.complete();
    assert.deepEqual(recorded.socket.take(), [
      { id: 'a', type: 'next', payload: { data: 1 } },
      { id: 'a', type: 'next', payload: { data: 2 } },
      { id: 'a', type: 'complete' },
    ]);
  });

  it('P26: subscriptions of one socket end independently, and an error in one touches no other', () => {
    const recorded = RecordedConnection.ready();
    for (const id of ['a', 'b', 'c']) recorded.subscribe(id);
    const [a, b, c] = recorded.operations.subscriptions;
    a?.sink.error([wireErrorOf('BROKER_UNAVAILABLE', 'x')]);
    recorded.complete('b');
    c?.sink.next(batchOf({ data: 1 }));
    assert.deepEqual(
      recorded.socket.take().map(({ id, type }) => `${id} ${type}`),
      ['a error', 'c next'],
    );
    assert.deepEqual([b?.disposed, c?.disposed], [1, 0]);
  });

  it('P27: when the socket closes every source is disposed of once, even if a disposal fails', () => {
    const recorded = RecordedConnection.ready();
    for (const id of ['a', 'b', 'c']) recorded.subscribe(id);
    recorded.operations.disposalError = new Error('cannot dispose');
    recorded.connection.closed();
    recorded.connection.closed();
    assert.deepEqual(
      recorded.operations.subscriptions.map(({ disposed }) => disposed),
      [1, 1, 1],
    );
  });

  it('P27: a source that arrives after its socket closed is disposed of', () => {
    const recorded = RecordedConnection.ready();
    recorded.operations.onSubscribe = () => recorded.connection.closed();
    recorded.subscribe('a');
    assert.equal(at(recorded.operations.subscriptions, 0).disposed, 1);
  });

  it('P31, P35: a denied operation is an error and the socket lives; its code is none that ends a client', () => {
    const recorded = RecordedConnection.ready();
    recorded.subscribe('a', 'refuse validation FORBIDDEN');
    assert.deepEqual(recorded.socket.take(), [
      { id: 'a', type: 'error', payload: [{ message: 'refused', extensions: { code: 'FORBIDDEN' } }] },
    ]);
    assert.equal(recorded.socket.closeCode(), undefined);
  });

  it('P84, P86: an error in one event rides on its next, and the stream lives', () => {
    const recorded = RecordedConnection.ready();
    recorded.subscribe('a');
    const { sink } = at(recorded.operations.subscriptions, 0);
    sink.next(batchOf({ data: { a: null }, errors: [{ message: 'bad', path: ['a'] }] }));
    sink.next(batchOf({ data: { a: 1 } }));
    assert.deepEqual(recorded.socket.take(), [
      { id: 'a', type: 'next', payload: { data: { a: null }, errors: [{ message: 'bad', path: ['a'] }] } },
      { id: 'a', type: 'next', payload: { data: { a: 1 } } },
    ]);
  });

  it('P87: cancelling the response cancels the source, once', () => {
    const recorded = RecordedConnection.ready();
    recorded.subscribe('a');
    recorded.complete('a');
    recorded.connection.closed();
    assert.equal(at(recorded.operations.subscriptions, 0).disposed, 1);
  });

  it('A21: the subscription over the cap is refused with LIMIT_EXCEEDED, the socket lives, and an end makes room', () => {
    const recorded = RecordedConnection.ready({ maxSubscriptions: 2 });
    for (const id of ['a', 'b', 'c']) recorded.subscribe(id);
    const [error] = recorded.socket.take();
    assert.equal(error?.id, 'c');
    assert.match(JSON.stringify(error), /"code":"LIMIT_EXCEEDED","limit":"maxSubscriptions"/);
    assert.deepEqual(recorded.drops, ['operation_limit']);
    recorded.complete('a');
    recorded.subscribe('c');
    at(recorded.operations.subscriptions, 1).sink.complete();
    recorded.subscribe('d');
    assert.equal(recorded.operations.subscriptions.length, 4);
    recorded.subscribe('e');
    assert.equal(recorded.operations.subscriptions.length, 4);
  });

  it('A21: queries in flight are capped, also those whose client no longer waits', async () => {
    const recorded = RecordedConnection.ready({ maxOperationsInFlight: 1 });
    recorded.subscribe('a', 'mutation');
    recorded.complete('a');
    recorded.subscribe('b', 'mutation');
    assert.match(JSON.stringify(recorded.socket.take()), /LIMIT_EXCEEDED/);
    at(recorded.operations.singles, 0).resolve(RESULT);
    await settled();
    recorded.subscribe('c', 'mutation');
    assert.equal(recorded.operations.singles.length, 2);
  });

  it('P34: a drain answers what is in flight before 1012 and starts nothing new', async () => {
    const recorded = RecordedConnection.ready();
    recorded.subscribe('a', 'mutation');
    recorded.connection.drain();
    recorded.subscribe('b', 'mutation');
    assert.equal(recorded.socket.closeCode(), undefined);
    at(recorded.operations.singles, 0).resolve(RESULT);
    await settled();
    assert.deepEqual(
      recorded.socket.take().map(({ id, type }) => `${id} ${type}`),
      ['a next', 'a complete'],
    );
    assert.equal(recorded.socket.closeCode(), 1012);
    assert.equal(recorded.operations.singles.length, 1);
  });

  it('A70: a subscription that cannot be attached is a masked error and frees its id', () => {
    const recorded = RecordedConnection.ready();
    recorded.operations.onSubscribe = () => {
      throw new Error('a secret');
    };
    recorded.subscribe('a');
    recorded.operations.onSubscribe = undefined;
    const [error] = recorded.socket.take();
    assert.match(JSON.stringify(error), /INTERNAL_SERVER_ERROR/);
    assert.doesNotMatch(JSON.stringify(error), /a secret/);
    recorded.subscribe('a');
    assert.equal(recorded.socket.closeCode(), undefined);
  });
});
