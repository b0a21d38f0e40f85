import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEFAULT_EVENT_STREAM_LIMITS } from '../../../src/protocol/sse/limits.ts';
import { TestEndpoint } from '../http/exchange.ts';
import { at, batchOf } from '../scripted-operations.ts';
import { SUBSCRIBE, type Subscribed, subscribed } from './subscribed-stream.ts';

const GAP = { reason: 'link_lost', since: '2026-01-01T00:00:00.000Z' } as const;
const { lookMs, retryMinMs, retryMaxMs } = DEFAULT_EVENT_STREAM_LIMITS;

describe('the pace of an event stream', () => {
  it('P44: once attached, a replayable topic tells its cursor as an id without an event', async () => {
    const { socket, subscription } = await subscribed();
    subscription.sink.progress({ cursor: 'c0', gap: undefined });
    assert.equal(socket.take(), 'id: c0\n\n');
    // Topics that keep nothing have none, and a gap rides on the next result.
    subscription.sink.progress({ cursor: undefined, gap: GAP });
    assert.equal(socket.take(), '');
  });

  it('P44: a silence lasts at most 12 s: then an id alone on a replayable topic, a comment elsewhere', async () => {
    const { socket, subscription, test } = await subscribed();
    const silence = (): string => {
      for (let ms = 0; ms < 12_000; ms += lookMs / 10) {
        test.clock.advance(lookMs / 10);
        const said = socket.take();
        if (said !== '') return said;
      }
      return 'nothing';
    };
    assert.equal(silence(), ':\n\n');
    subscription.cursor = 'c7';
    assert.equal(silence(), 'id: c7\n\n');
    assert.equal(silence(), 'id: c7\n\n');
  });

  it('P44: a stream that speaks needs no keep-alive', async () => {
    const { socket, subscription, test } = await subscribed();
    for (let second = 0; second < 60; second += 1) {
      subscription.sink.next(batchOf({ data: 1 }));
      test.clock.advance(1_000);
    }
    assert.doesNotMatch(socket.take(), /^:/m);
  });

  it('P44: many streams are not kept alive in one go, and one timer serves them all', async () => {
    const test = new TestEndpoint();
    const streams: Subscribed[] = [];
    for (let count = 0; count < 20; count += 1) streams.push(await subscribed(test));
    assert.equal(test.clock.timerCount, 1);
    let most = 0;
    let all = 0;
    for (let turn = 0; turn < 40; turn += 1) {
      test.clock.advance(lookMs / 10);
      const spoke = streams.filter(({ socket }) => socket.take() !== '').length;
      most = Math.max(most, spoke);
      all += spoke;
    }
    assert.equal(most, 2);
    assert.ok(all >= 20, String(all));
    for (const { stream } of streams) stream.closed();
    assert.equal(test.clock.timerCount, 0);
  });

  it('P50: a drain says when to come back, and ends the body without complete; sources are disposed of', async () => {
    const { socket, subscription, test } = await subscribed();
    for (const leaver of test.endpoint.drain()) leaver.drain();
    assert.equal(socket.take(), `retry: ${(retryMinMs + retryMaxMs) / 2}\n\n`);
    assert.equal(socket.state, 'ended');
    assert.equal(subscription.disposed, 1);
    assert.equal(test.endpoint.inFlight, 0);
  });

  it('P50: an EventSource that comes to a server that drains is asked to come back; 503 would make it give up', async () => {
    const test = new TestEndpoint();
    for (const leaver of test.endpoint.drain()) leaver.drain();
    const { socket } = await test.open({ method: 'GET', query: 'query=subscription' });
    assert.match(socket.take(), /^:\n\nretry: \d+\n\n$/);
    assert.equal(socket.state, 'ended');
    assert.equal(test.endpoint.inFlight, 0);
    assert.deepEqual(test.operations.requests, []);
  });

  it('P50: the wait has jitter, from its least to its most', async () => {
    for (const [drawn, ms] of [
      [0, retryMinMs],
      [0.999_999_9, retryMaxMs - 1],
    ] as const) {
      const { socket, test } = await subscribed(new TestEndpoint({}, '', { random: () => drawn }));
      for (const leaver of test.endpoint.drain()) leaver.drain();
      assert.equal(socket.take(), `retry: ${ms}\n\n`);
    }
  });

  it('P50: a query is answered before its stream ends, and new requests are refused', async () => {
    const test = new TestEndpoint();
    test.operations.onRun = undefined;
    const { socket } = await test.open();
    socket.take();
    for (const leaver of test.endpoint.drain()) leaver.drain();
    assert.equal(socket.isOpen(), true);
    assert.equal(test.endpoint.inFlight, 1);
    assert.equal((await test.send({ ...SUBSCRIBE, headers: { accept: 'text/event-stream' } })).status, 503);
    at(test.operations.singles, 0).resolve('{"data":1}');
    await new Promise(setImmediate);
    assert.equal(socket.take(), 'event: next\ndata: {"data":1}\n\nevent: complete\ndata:\n\n');
    assert.equal(test.endpoint.inFlight, 0);
  });

  it('P36: a peer that takes no more holds its source back, until it takes more', async () => {
    const { socket, stream, subscription } = await subscribed();
    socket.outcome = 'full';
    subscription.sink.next(batchOf({ data: 1 }));
    assert.equal(subscription.sink.writable, false);
    socket.take();
    subscription.sink.progress({ cursor: 'c1', gap: undefined });
    assert.equal(socket.take(), '', 'nothing that can wait is added');
    stream.flushed(DEFAULT_EVENT_STREAM_LIMITS.pauseAtBufferedBytes);
    assert.deepEqual([subscription.sink.writable, subscription.resumed], [false, 0]);
    socket.outcome = 'sent';
    stream.flushed(DEFAULT_EVENT_STREAM_LIMITS.pauseAtBufferedBytes - 1);
    assert.deepEqual([subscription.sink.writable, subscription.resumed], [true, 1]);
    assert.equal(socket.bounds?.pauseAtBufferedBytes, 524_288);
    assert.equal(socket.bounds?.maxBufferedBytes, 4_194_304);
  });

  it('P36: beyond its bound the response is cut and counted, and its source disposed of', async () => {
    const { socket, subscription, test } = await subscribed();
    socket.outcome = 'stuck';
    subscription.sink.next(batchOf({ data: 1 }));
    assert.equal(socket.state, 'dropped');
    assert.equal(subscription.disposed, 1);
    assert.deepEqual(test.drops, ['slow_connection']);
    assert.equal(test.endpoint.inFlight, 0);
  });

  it('P36: one that is full and takes nothing is cut before uWebSockets.js does it; one that takes a little is not', async () => {
    const test = new TestEndpoint();
    const stuck = await subscribed(test);
    const slow = await subscribed(test);
    for (const { socket, subscription } of [stuck, slow]) {
      socket.outcome = 'full';
      subscription.sink.next(batchOf({ data: 1 }));
    }
    for (let ms = 0; ms < 8_000; ms += 1_000) {
      test.clock.advance(1_000);
      slow.stream.flushed(1_000_000);
    }
    assert.deepEqual([stuck.socket.state, slow.socket.state], ['dropped', 'open']);
    assert.deepEqual(test.drops, ['slow_connection']);
  });
});
