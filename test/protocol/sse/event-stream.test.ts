import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Logger } from '../../../src/log/logger.ts';
import { headerOf, TestEndpoint } from '../http/exchange.ts';
import { at, batchOf, wireErrorOf } from '../scripted-operations.ts';
import { SUBSCRIBE, subscribed } from './subscribed-stream.ts';

describe('GraphQL over event streams', () => {
  it('P40: an event stream is not kept, not held back, and begins with a comment', async () => {
    const { headers, socket, stream } = await new TestEndpoint().open(SUBSCRIBE);
    const of = (name: string): string | undefined => headerOf({ headers }, name);
    assert.equal(of('content-type'), 'text/event-stream; charset=utf-8');
    assert.equal(of('cache-control'), 'no-cache');
    assert.equal(of('x-accel-buffering'), 'no');
    assert.equal(of('content-encoding'), undefined);
    assert.equal(socket.take(), ':\n\n');
    stream.closed();
  });

  for (const [method, accept, query, streamed] of [
    ['POST', 'text/event-stream', 'subscription', true],
    ['GET', 'text/event-stream', 'subscription', true],
    ['POST', 'text/event-stream', 'query', true],
    ['GET', 'text/event-stream', 'query', true],
    ['POST', 'text/event-stream', 'mutation', true],
    ['POST', 'text/event-stream, application/json;q=0.5', 'query', true],
    ['POST', 'application/json;q=0.5, text/event-stream', 'query', true],
    ['POST', 'application/json, text/event-stream', 'query', false],
    ['POST', 'application/json, text/event-stream', 'mutation', false],
    ['POST', 'application/json, text/event-stream', 'subscription', true],
    ['POST', 'application/graphql-response+json, application/json, text/event-stream, multipart/mixed', 'query', false],
    [
      'POST',
      'application/graphql-response+json, application/json, text/event-stream, multipart/mixed',
      'subscription',
      true,
    ],
    ['POST', '*/*', 'query', false],
  ] as const) {
    it(`P40: ${method} ${query} with Accept: ${accept} is ${streamed ? 'streamed' : 'answered as JSON'}`, async () => {
      const answer = await new TestEndpoint().answer({
        method,
        headers: { accept },
        ...(method === 'GET' ? { query: `query=${query}` } : { body: JSON.stringify({ query }) }),
      });
      assert.equal(answer.type === 'stream', streamed);
    });
  }

  for (const query of ['query', 'mutation']) {
    it(`P41: a ${query} is one next, then complete, then the end`, async () => {
      const test = new TestEndpoint();
      test.operations.onRun = undefined;
      const { socket } = await test.open({ body: JSON.stringify({ query }) });
      assert.equal(socket.take(), ':\n\n');
      at(test.operations.singles, 0).resolve('{"data":{"n":1}}');
      await new Promise(setImmediate);
      assert.equal(socket.take(), 'event: next\ndata: {"data":{"n":1}}\n\nevent: complete\ndata:\n\n');
      assert.equal(socket.state, 'ended');
      assert.equal(test.endpoint.inFlight, 0);
    });
  }

  it('P41: the results of a subscription in order, then complete and the end; nothing after it', async () => {
    const { socket, subscription, test } = await subscribed();
    subscription.sink.next(batchOf({ data: 1 }, { data: 2 }));
    subscription.sink.complete();
    subscription.sink.next(batchOf({ data: 3 }));
    subscription.sink.complete();
    subscription.sink.error([wireErrorOf('BROKER_UNAVAILABLE', 'away')]);
    assert.equal(
      socket.take(),
      'event: next\ndata: {"data":1}\n\nevent: next\ndata: {"data":2}\n\nevent: complete\ndata:\n\n',
    );
    assert.equal(socket.state, 'ended');
    assert.equal(subscription.disposed, 0, 'a source that is over is not disposed of');
    assert.equal(test.endpoint.inFlight, 0);
  });

  it('P42: all subscribers of a batch are handed the same bytes, with the cursor of each result as its id', async () => {
    const test = new TestEndpoint();
    const streams = [await subscribed(test), await subscribed(test)];
    const batch = batchOf({ data: 1, extensions: { cursor: 'c1' } });
    for (const { subscription } of streams) subscription.sink.next(batch);
    assert.equal(streams[0]?.socket.take(), 'id: c1\nevent: next\ndata: {"data":1,"extensions":{"cursor":"c1"}}\n\n');
    assert.equal(streams[0]?.socket.buffers[0], streams[1]?.socket.buffers[0]);
  });

  it('P43: Last-Event-ID wins over extensions.cursor, which passes without it', async () => {
    const body = JSON.stringify({ query: 'subscription', extensions: { cursor: 'of-extensions', other: 1 } });
    const extensions = async (headers: Record<string, string>): Promise<unknown> =>
      (await subscribed(new TestEndpoint(), { body, headers })).subscription.request.extensions;
    assert.deepEqual(await extensions({}), { cursor: 'of-extensions', other: 1 });
    assert.deepEqual(await extensions({ 'last-event-id': '' }), { cursor: 'of-extensions', other: 1 });
    assert.deepEqual(await extensions({ 'last-event-id': 'of-header' }), { cursor: 'of-header', other: 1 });
  });

  it('P43: an EventSource that repeats its first URL goes on from where its header says', async () => {
    const query = `query=subscription&extensions=${encodeURIComponent('{"cursor":"old"}')}`;
    const { subscription } = await subscribed(new TestEndpoint(), {
      method: 'GET',
      query,
      headers: { 'last-event-id': 'newer' },
    });
    assert.deepEqual(subscription.request.extensions, { cursor: 'newer' });
  });

  it('P43: the header means nothing where no event stream is asked for', async () => {
    const test = new TestEndpoint();
    await test.send({ headers: { 'last-event-id': 'c1', accept: 'application/json' } });
    assert.equal(at(test.operations.requests, 0).extensions, undefined);
  });

  it('P46: a source that fails: its errors in a next without data, then complete', async () => {
    const { socket, subscription } = await subscribed();
    subscription.sink.next(batchOf({ data: 1, extensions: { cursor: 'c1' } }));
    socket.take();
    subscription.sink.error([wireErrorOf('BROKER_UNAVAILABLE', 'away')]);
    assert.equal(
      socket.take(),
      'event: next\ndata: {"errors":[{"message":"away","extensions":{"code":"BROKER_UNAVAILABLE"}}]}\n\nevent: complete\ndata:\n\n',
    );
    assert.equal(socket.state, 'ended');
  });

  it('P48: an expired cursor also clears the id, so that the client does not come back with it', async () => {
    const { socket, subscription } = await subscribed();
    subscription.sink.error([wireErrorOf('CURSOR_EXPIRED', 'gone')]);
    assert.equal(
      socket.take(),
      'id:\nevent: next\ndata: {"errors":[{"message":"gone","extensions":{"code":"CURSOR_EXPIRED"}}]}\n\nevent: complete\ndata:\n\n',
    );
  });

  it('P49: when the client is gone its source is disposed of once, and nothing more is sent', async () => {
    const { socket, stream, subscription, test } = await subscribed();
    stream.closed();
    stream.closed();
    subscription.sink.next(batchOf({ data: 1 }));
    subscription.sink.progress({ cursor: 'c', gap: undefined });
    assert.equal(subscription.disposed, 1);
    assert.equal(socket.take(), '');
    assert.equal(test.endpoint.inFlight, 0);
    assert.equal(test.clock.timerCount, 0);
  });

  it('P49: one that goes away while its source is being attached leaves no source', async () => {
    const test = new TestEndpoint();
    test.operations.onSubscribe = ({ sink }) => sink.complete();
    const { socket } = await test.open(SUBSCRIBE);
    assert.equal(socket.state, 'ended');
    assert.equal(at(test.operations.subscriptions, 0).disposed, 1);
  });

  it('P49: the answer of a query whose client is gone is dropped', async () => {
    const test = new TestEndpoint();
    test.operations.onRun = undefined;
    const { socket, stream } = await test.open();
    socket.take();
    stream.closed();
    at(test.operations.singles, 0).resolve('{"data":1}');
    await new Promise(setImmediate);
    assert.equal(socket.take(), '');
  });

  it('A70: a source that fails by a bug is told masked, and a disposal that fails stops nothing', async () => {
    const logged: string[] = [];
    const log: Logger = { info() {}, warn() {}, error: (message) => logged.push(message) };
    const test = new TestEndpoint({}, '', { log });
    const { socket, subscription } = await subscribed(test);
    subscription.cursor = () => {
      throw new Error('a secret of the server');
    };
    test.operations.disposalError = new Error('another secret');
    test.clock.advance(12_000);
    const said = socket.take();
    assert.match(said, /INTERNAL_SERVER_ERROR/);
    assert.doesNotMatch(said, /secret/);
    assert.equal(socket.state, 'ended');
    assert.equal(subscription.disposed, 1);
    assert.equal(logged.length, 2);
    const gone = await subscribed(test);
    gone.stream.closed();
    assert.equal(logged.length, 3);
  });
});
