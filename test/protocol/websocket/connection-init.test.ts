import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLogger } from '../../../src/log/logger.ts';
import { UNLIMITED_MEMORY } from '../../../src/protocol/memory-gate.ts';
import { Connection } from '../../../src/protocol/websocket/connection.ts';
import { connectionContext } from '../../../src/protocol/websocket/connection-context.ts';
import { chooseSubprotocol } from '../../../src/protocol/websocket/handshake.ts';
import { DEFAULT_CONNECTION_LIMITS } from '../../../src/protocol/websocket/limits.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { at, batchOf, ScriptedOperations } from '../scripted-operations.ts';
import { RecordedConnection, RecordingSocket } from './recorded-connection.ts';

describe('connection_init', () => {
  it('P1: graphql-transport-ws is chosen wherever it stands in the offer', () => {
    assert.equal(chooseSubprotocol('graphql-transport-ws'), 'graphql-transport-ws');
    assert.equal(chooseSubprotocol('graphql-ws, graphql-transport-ws'), 'graphql-transport-ws');
    assert.equal(chooseSubprotocol('a,graphql-transport-ws ,b'), 'graphql-transport-ws');
  });

  it('P2: an offer without it, or with a look-alike only, agrees on nothing', () => {
    for (const offer of ['', 'graphql-ws', 'graphql-transport-ws2', 'xgraphql-transport-ws', 'GraphQL-Transport-WS']) {
      assert.equal(chooseSubprotocol(offer), undefined, offer);
    }
  });

  it('P2: without the subprotocol the connection closes with 4406 and reads no message', () => {
    const socket = new RecordingSocket();
    const operations = new ScriptedOperations();
    const clock = new ManualClock();
    const context = connectionContext({
      operations,
      limits: DEFAULT_CONNECTION_LIMITS,
      clock,
      drops: { countDrop() {} },
      memory: UNLIMITED_MEMORY,
      log: silentLogger,
    });
    const connection = new Connection(socket, context);
    connection.opened(undefined);
    connection.receive(Buffer.from('{"type":"connection_init"}'), false);
    connection.receive(Buffer.from('{"type":"subscribe","id":"1","payload":{"query":"subscription"}}'), false);
    assert.equal(socket.closeCode(), 4406);
    assert.deepEqual(socket.texts, []);
    assert.deepEqual(operations.requests, []);
    assert.equal(clock.timerCount, 0);
  });

  it('P3: without connection_init the connection closes with 4408 after 3 s, not before', () => {
    const { clock, socket, drops } = new RecordedConnection();
    clock.advance(2_999);
    assert.equal(socket.closeCode(), undefined);
    clock.advance(1);
    assert.equal(socket.closeCode(), 4408);
    assert.deepEqual(drops, ['init_timeout']);
  });

  it('P3: after connection_init no time-out follows and no timer is left', () => {
    const { clock, socket } = RecordedConnection.ready();
    assert.equal(clock.timerCount, 0);
    clock.advance(60_000);
    assert.equal(socket.closeCode(), undefined);
  });

  it('P3: a socket that closes early leaves no timer', () => {
    const { clock, connection } = new RecordedConnection();
    connection.closed();
    assert.equal(clock.timerCount, 0);
  });

  it('P4: a second connection_init closes with 4429', () => {
    const recorded = RecordedConnection.ready();
    recorded.say({ type: 'connection_init' });
    assert.equal(recorded.socket.closeCode(), 4429);
  });

  it('P5: subscribe before the acknowledgement closes with 4401 and runs nothing', () => {
    const recorded = new RecordedConnection();
    recorded.subscribe('1');
    assert.equal(recorded.socket.closeCode(), 4401);
    assert.deepEqual(recorded.operations.requests, []);
  });

  it('P6: the acknowledgement has no payload', () => {
    const recorded = new RecordedConnection();
    recorded.say({ type: 'connection_init', payload: { any: 1 } });
    assert.deepEqual(recorded.socket.texts, ['{"type":"connection_ack"}']);
  });

  it('P7: claims in the payload of connection_init reach no operation', () => {
    const recorded = new RecordedConnection();
    recorded.say({ type: 'connection_init', payload: { user: 'admin', roles: ['admin'] } });
    recorded.subscribe('1');
    assert.deepEqual(recorded.operations.requests, [
      { query: 'subscription', operationName: undefined, variables: undefined, extensions: undefined },
    ]);
  });

  it('P8: ping is answered with its own payload, before and after connection_init', () => {
    const recorded = new RecordedConnection();
    recorded.say({ type: 'ping', payload: { a: [1, { b: null }], big: 'ä€😀' } });
    recorded.say({ type: 'ping' });
    recorded.say({ type: 'connection_init' });
    recorded.say({ type: 'ping', payload: null });
    recorded.sayText('{"type":"ping","payload":{"n":9007199254740993}}');
    assert.deepEqual(recorded.socket.texts, [
      '{"type":"pong","payload":{"a":[1,{"b":null}],"big":"ä€😀"}}',
      '{"type":"pong"}',
      '{"type":"connection_ack"}',
      '{"type":"pong"}',
      '{"type":"pong","payload":{"n":9007199254740993}}',
    ]);
  });

  it('P8: pong gets no answer', () => {
    const recorded = RecordedConnection.ready();
    recorded.say({ type: 'pong', payload: { a: 1 } });
    assert.deepEqual(recorded.socket.take(), []);
    assert.equal(recorded.socket.closeCode(), undefined);
  });

  it('P34: a draining connection without operations in flight closes with 1012 at once', () => {
    const recorded = RecordedConnection.ready();
    recorded.subscribe('1');
    recorded.connection.drain();
    assert.equal(recorded.socket.closeCode(), 1012);
    assert.equal(at(recorded.operations.subscriptions, 0).disposed, 1);
  });

  it('P34: a socket that is stuck closes with 1013, counted, and its sources are disposed of', () => {
    const recorded = RecordedConnection.ready({ maxBufferedBytes: 1234 });
    recorded.subscribe('1');
    recorded.subscribe('2');
    recorded.socket.outcome = 'stuck';
    at(recorded.operations.subscriptions, 0).sink.next(batchOf({ data: 1 }));
    assert.equal(recorded.socket.bounds?.maxBufferedBytes, 1234);
    assert.equal(recorded.socket.closeCode(), 1013);
    assert.deepEqual(recorded.drops, ['slow_connection']);
    assert.equal(recorded.operations.open, 0);
    at(recorded.operations.subscriptions, 1).sink.next(batchOf({ data: 1 }));
  });

  it('P34: a bug closes with 4500 and says nothing of what happened', () => {
    const recorded = RecordedConnection.ready();
    recorded.subscribe('1', 'throw');
    assert.equal(recorded.socket.closeCode(), 4500);
    assert.equal(recorded.socket.closing?.reason, 'Internal server error');
    assert.match(at(recorded.logged, 0), /a secret of the server/);
  });
});
