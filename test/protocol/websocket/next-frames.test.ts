import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeId, nextFrames } from '../../../src/protocol/websocket/next-frames.ts';
import { at, batchOf } from '../scripted-operations.ts';
import { RecordedConnection } from './recorded-connection.ts';

describe('next messages of a batch', () => {
  it('every payload becomes one message with the id of the subscriber', () => {
    const batch = batchOf({ data: { text: 'ä"\n' } }, { data: 2 });
    for (const id of ['1', '2', '10', '😀', '"', '\\', 'ä', 'xy', '\ud800', '\0']) {
      const texts = nextFrames(batch, encodeId(id)).map((frame) => JSON.parse(frame.toString('utf8')));
      assert.deepEqual(texts, [
        { id, type: 'next', payload: { data: { text: 'ä"\n' } } },
        { id, type: 'next', payload: { data: 2 } },
      ]);
    }
  });

  it('the bytes are built once per batch and length of id, and only the id is patched', () => {
    const batch = batchOf({ data: 1 });
    const first = at(nextFrames(batch, encodeId('aa')), 0);
    assert.equal(at(nextFrames(batch, encodeId('bb')), 0), first);
    assert.notEqual(at(nextFrames(batch, encodeId('ccc')), 0), first);
    assert.equal(at(nextFrames(batch, encodeId('ä')), 0), first);
    assert.equal(first.toString(), '{"id":"ä","type":"next","payload":{"data":1}}');
    assert.equal(batch.framings.size, 2);
  });

  it('a batch reaches a socket as one write, in order', () => {
    const recorded = RecordedConnection.ready();
    recorded.subscribe('a');
    const before = recorded.socket.writes;
    at(recorded.operations.subscriptions, 0).sink.next(batchOf(...Array.from({ length: 50 }, (_, n) => ({ data: n }))));
    assert.equal(recorded.socket.writes - before, 1);
    assert.deepEqual(
      recorded.socket.take().map(({ payload }) => (payload as { data: number }).data),
      Array.from({ length: 50 }, (_, n) => n),
    );
  });
});
