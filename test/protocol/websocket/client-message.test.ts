import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readClientMessage } from '../../../src/protocol/websocket/client-message.ts';
import { RecordedConnection } from './recorded-connection.ts';

function read(text: string): ReturnType<typeof readClientMessage> {
  return readClientMessage(Buffer.from(text), 256);
}

const QUERY = '"payload":{"query":"subscription"}';

const MALFORMED: readonly (readonly [what: string, text: string])[] = [
  ['empty text', ''],
  ['bad JSON', '{"type":"ping"'],
  ['two values', '{"type":"ping"}{"type":"ping"}'],
  ['null', 'null'],
  ['an array', '[{"type":"ping"}]'],
  ['a string', '"ping"'],
  ['no type', '{"id":"1"}'],
  ['a type that is no string', '{"type":1}'],
  ['an unknown type', '{"type":"start"}'],
  ['a type of the prototype', '{"type":"constructor"}'],
  ['a type in capitals', '{"type":"PING"}'],
  ['connection_ack, of the server only', '{"type":"connection_ack"}'],
  ['next, of the server only', '{"type":"next","id":"1","payload":{"data":null}}'],
  ['error, of the server only', '{"type":"error","id":"1","payload":[{"message":"x"}]}'],
  ['a ping whose payload is an array', '{"type":"ping","payload":[]}'],
  ['a ping whose payload is a string', '{"type":"ping","payload":"x"}'],
  ['an init whose payload is a number', '{"type":"connection_init","payload":1}'],
  ['complete without id', '{"type":"complete"}'],
  ['complete with a number as id', '{"type":"complete","id":1}'],
];

const MALFORMED_SUBSCRIBE: readonly (readonly [what: string, text: string])[] = [
  ['no id', `{"type":"subscribe",${QUERY}}`],
  ['an empty id', `{"type":"subscribe","id":"",${QUERY}}`],
  ['a number as id', `{"type":"subscribe","id":1,${QUERY}}`],
  ['null as id', `{"type":"subscribe","id":null,${QUERY}}`],
  ['no payload', '{"type":"subscribe","id":"1"}'],
  ['null as payload', '{"type":"subscribe","id":"1","payload":null}'],
  ['an array as payload', '{"type":"subscribe","id":"1","payload":[]}'],
  ['a string as payload', '{"type":"subscribe","id":"1","payload":"subscription"}'],
  ['no query', '{"type":"subscribe","id":"1","payload":{}}'],
  ['null as query', '{"type":"subscribe","id":"1","payload":{"query":null}}'],
  ['a query only in the prototype', '{"type":"subscribe","id":"1","payload":{"__proto__":{"query":"subscription"}}}'],
  ['a number as operationName', '{"type":"subscribe","id":"1","payload":{"query":"q","operationName":1}}'],
  ['an array as variables', '{"type":"subscribe","id":"1","payload":{"query":"q","variables":[]}}'],
  ['a string as variables', '{"type":"subscribe","id":"1","payload":{"query":"q","variables":"{}"}}'],
  ['an array as extensions', '{"type":"subscribe","id":"1","payload":{"query":"q","extensions":[]}}'],
  ['false as extensions', '{"type":"subscribe","id":"1","payload":{"query":"q","extensions":false}}'],
];

describe('messages of the client', () => {
  for (const [what, text] of MALFORMED) {
    it(`P13: ${what} closes with 4400`, () => {
      const recorded = RecordedConnection.ready();
      recorded.sayText(text);
      assert.equal(recorded.socket.closeCode(), 4400);
      assert.deepEqual(recorded.drops, ['frame_refused']);
    });
  }

  for (const [what, text] of MALFORMED_SUBSCRIBE) {
    it(`P14: subscribe with ${what} closes with 4400 and runs nothing`, () => {
      const recorded = RecordedConnection.ready();
      recorded.sayText(text);
      assert.equal(recorded.socket.closeCode(), 4400);
      assert.deepEqual(recorded.operations.requests, []);
    });
  }

  it('P13: text that is not UTF-8 closes with 4400', () => {
    const recorded = RecordedConnection.ready();
    recorded.connection.receive(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), false);
    assert.equal(recorded.socket.closeCode(), 4400);
  });

  it('P14: optional members may be null', () => {
    const text =
      '{"type":"subscribe","id":"1","payload":{"query":"q","operationName":null,"variables":null,"extensions":null}}';
    assert.deepEqual(read(text), {
      type: 'subscribe',
      id: '1',
      request: { query: 'q', operationName: undefined, variables: undefined, extensions: undefined },
    });
  });

  it('P14: all members arrive, integers beyond 2^53 exactly', () => {
    const text =
      '{"type":"subscribe","id":"1","payload":{"query":"q","operationName":"O","variables":{"n":9007199254740993},"extensions":{"e":1}}}';
    assert.deepEqual(read(text), {
      type: 'subscribe',
      id: '1',
      request: { query: 'q', operationName: 'O', variables: { n: 9007199254740993n }, extensions: { e: 1 } },
    });
  });

  it('P15: unknown members are ignored', () => {
    const text = `{"extra":{"deep":[1]},"type":"subscribe","id":"1","payload":{"query":"q","more":1}}`;
    assert.equal(read(text).type, 'subscribe');
    assert.equal(read('{"type":"complete","id":"1","payload":7}').type, 'complete');
  });

  it('P16: a binary frame closes with 4400 even if it holds valid JSON', () => {
    const recorded = RecordedConnection.ready();
    recorded.connection.receive(Buffer.from('{"type":"ping"}'), true);
    assert.equal(recorded.socket.closeCode(), 4400);
    assert.deepEqual(recorded.socket.take(), []);
  });

  it('P17: a message over the limit closes with 4400, one at the limit passes', () => {
    const message = Buffer.from(JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(100) } }));
    const fits = RecordedConnection.ready({ maxMessageBytes: message.length });
    fits.connection.receive(message, false);
    assert.deepEqual(fits.socket.take(), [{ type: 'pong', payload: { text: 'x'.repeat(100) } }]);
    const over = RecordedConnection.ready({ maxMessageBytes: message.length - 1 });
    over.connection.receive(message, false);
    assert.equal(over.socket.closeCode(), 4400);
    assert.deepEqual(over.socket.take(), []);
  });

  it('P28: ids that name members of prototypes, and emoji, work as any other', () => {
    for (const id of ['__proto__', 'constructor', 'toString', '😀', '"quoted"\\', 'ä'.repeat(128)]) {
      const recorded = RecordedConnection.ready();
      recorded.subscribe(id);
      assert.equal(recorded.operations.open, 1, id);
      recorded.complete(id);
      assert.equal(recorded.operations.open, 0, id);
      assert.equal(recorded.socket.closeCode(), undefined);
    }
    assert.equal(Object.hasOwn({}, 'query'), false);
  });

  it('P28: an id over 256 bytes closes with 4400, also when it has fewer characters', () => {
    for (const type of ['subscribe', 'complete']) {
      const recorded = RecordedConnection.ready();
      recorded.say({ type, id: 'ä'.repeat(129), payload: { query: 'subscription' } });
      assert.equal(recorded.socket.closeCode(), 4400);
      assert.deepEqual(recorded.operations.requests, []);
    }
  });
});
