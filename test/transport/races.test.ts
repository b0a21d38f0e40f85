import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { at, batchOf, type ScriptedSubscription, wireErrorOf } from '../protocol/scripted-operations.ts';
import { eventually } from '../support/eventually.ts';
import { RawClient, type ReceivedMessage, RunningListener } from './running-listener.ts';

/** The races of ids and ends, over real sockets; test/protocol/websocket/ drives each of their orders by hand. */
describe('races over real sockets', () => {
  let running: RunningListener;
  let client: RawClient;
  before(async () => {
    running = await RunningListener.start();
  });
  after(() => running.stop());
  beforeEach(async (test) => {
    running.operations.onSubscribe = undefined;
    running.operations.subscriptions.length = 0;
    running.operations.singles.length = 0;
    const connected = await RawClient.ready(running.webSocketUrl);
    client = connected;
    if ('after' in test) test.after(() => connected.terminate());
  });

  /** Everything that was said before is handled when the pong is here; what came until then is given. */
  async function handled(): Promise<ReceivedMessage[]> {
    client.say({ type: 'ping', payload: { handled: true } });
    await eventually(() => client.texts.some((text) => text.includes('"pong"')), { what: 'the pong' });
    return client.take().filter(({ type }) => type !== 'pong');
  }

  async function sources(count: number): Promise<readonly ScriptedSubscription[]> {
    await eventually(() => running.operations.subscriptions.length === count, { what: `${count} sources` });
    return running.operations.subscriptions;
  }

  for (const first of ['subscription', 'query', 'mutation']) {
    for (const second of ['subscription', 'query', 'mutation', 'refuse']) {
      it(`P9: a ${second} with the id of a live ${first}, at once, closes with 4409 and leaves no source`, async () => {
        const requests = running.operations.requests.length;
        client.subscribe('a', first);
        client.subscribe('a', second);
        const { code, reason } = await client.closed();
        assert.deepEqual([code, reason], [4409, 'Subscriber for a already exists']);
        assert.equal(running.operations.requests.length, requests + 1);
        assert.equal(running.operations.open, 0);
      });
    }
  }

  it('P9: the id of a refused operation, and of one that the client completed, is free', async () => {
    client.subscribe('a', 'refuse');
    client.subscribe('a');
    client.say({ type: 'complete', id: 'a' });
    client.subscribe('a', 'query');
    await eventually(() => running.operations.singles.length === 1, { what: 'the query runs' });
    assert.deepEqual(
      (await handled()).map(({ type }) => type),
      ['error'],
    );
    assert.equal(client.closing, undefined);
  });

  it('P10: an id is free after complete of the source, error of the source, and an answer', async () => {
    client.subscribe('a');
    at(await sources(1), 0).sink.complete();
    assert.deepEqual(await client.receive(1), [{ id: 'a', type: 'complete' }]);
    client.subscribe('a');
    at(await sources(2), 1).sink.error([wireErrorOf('BROKER_UNAVAILABLE', 'gone')]);
    assert.equal(at(await client.receive(1), 0).type, 'error');
    client.subscribe('a', 'query');
    await eventually(() => running.operations.singles.length === 1);
    at(running.operations.singles, 0).resolve('{"data":1}');
    assert.equal((await client.receive(2)).length, 2);
    client.subscribe('a');
    at(await sources(3), 2).sink.next(batchOf({ data: 'free' }));
    assert.deepEqual(await client.receive(1), [{ id: 'a', type: 'next', payload: { data: 'free' } }]);
  });

  it('P11: complete and subscribe with one id, fifty times at once: the last one runs whole, the others are silent', async () => {
    client.subscribe('a');
    for (let round = 1; round <= 50; round += 1) {
      client.say({ type: 'complete', id: 'a' });
      client.subscribe('a');
    }
    const all = await sources(51);
    assert.deepEqual(await handled(), []);
    assert.deepEqual(
      all.map(({ disposed }) => disposed),
      [...Array.from({ length: 50 }, () => 1), 0],
    );
    // Sources that break their promise and speak late.
    for (const { sink } of all.slice(0, 50)) {
      sink.next(batchOf({ data: 'late' }));
      sink.complete();
    }
    const last = at(all, -1);
    last.sink.next(batchOf({ data: 'whole' }));
    last.sink.complete();
    assert.deepEqual(await handled(), [
      { id: 'a', type: 'next', payload: { data: 'whole' } },
      { id: 'a', type: 'complete' },
    ]);
  });

  it('P12: a subscription that its source ends while it is being attached frees its id for the next, which is sent at once', async () => {
    running.operations.onSubscribe = ({ sink }) => {
      running.operations.onSubscribe = undefined;
      sink.complete();
    };
    client.subscribe('a');
    client.subscribe('a');
    const [first, second] = await sources(2);
    second?.sink.next(batchOf({ data: 'second' }));
    assert.deepEqual(await handled(), [
      { id: 'a', type: 'complete' },
      { id: 'a', type: 'next', payload: { data: 'second' } },
    ]);
    assert.deepEqual([first?.disposed, second?.disposed], [1, 0]);
    client.say({ type: 'complete', id: 'a' });
    await eventually(() => second?.disposed === 1, { what: 'the second source is disposed of' });
  });

  it('P12: a socket that goes while its subscription is being attached leaves no source', async () => {
    running.operations.onSubscribe = ({ sink }) => {
      running.operations.onSubscribe = undefined;
      // Larger than the bound of what may wait: the transport ends the socket within the call.
      sink.next(batchOf({ data: 'x'.repeat(32 * 1024 * 1024) }));
    };
    client.webSocket.pause();
    client.subscribe('a');
    await sources(1);
    await eventually(() => running.operations.open === 0, { what: 'the source is disposed of' });
    assert.equal(at(running.operations.subscriptions, 0).disposed, 1);
    client.webSocket.resume();
    assert.equal((await client.closed()).code, 1013);
  });

  it('P22: a query or mutation that the client completes before it resolves sends nothing, and its id serves the next', async () => {
    for (const kind of ['query', 'mutation']) {
      running.operations.singles.length = 0;
      client.subscribe('a', kind);
      client.say({ type: 'complete', id: 'a' });
      client.subscribe('a', kind);
      await eventually(() => running.operations.singles.length === 2);
      assert.deepEqual(await handled(), []);
      at(running.operations.singles, 0).resolve('{"data":"dropped"}');
      at(running.operations.singles, 1).resolve('{"data":"wanted"}');
      assert.deepEqual(await client.receive(2), [
        { id: 'a', type: 'next', payload: { data: 'wanted' } },
        { id: 'a', type: 'complete' },
      ]);
      assert.deepEqual(await handled(), []);
    }
  });

  it('P24: while the source sends without end, nothing follows a complete of the client', async () => {
    client.subscribe('a');
    const source = at(await sources(1), 0);
    let sent = 0;
    const flood = setInterval(() => {
      if (source.disposed === 0) sent += 1;
      source.sink.next(batchOf({ data: sent }));
    }, 1);
    try {
      await client.receive(20);
      client.say({ type: 'complete', id: 'a' });
      // The pong says that the complete was handled: results may stand before it, never behind it.
      client.say({ type: 'ping' });
      await eventually(() => client.texts.some((text) => text.includes('"pong"')));
      const mark = sent;
      await eventually(() => source.disposed === 1);
      client.say({ type: 'ping' });
      await eventually(() => client.texts.filter((text) => text.includes('"pong"')).length === 2);
      assert.equal(sent, mark, 'the source ended with the complete');
      const types = client.take().map(({ type }) => type);
      assert.deepEqual(types.slice(types.indexOf('pong')), ['pong', 'pong']);
      source.sink.error([wireErrorOf('BROKER_UNAVAILABLE', 'late')]);
      source.sink.complete();
      assert.deepEqual(await handled(), []);
    } finally {
      clearInterval(flood);
    }
  });
});
