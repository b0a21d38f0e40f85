import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { at, batchOf, type ScriptedSubscription, wireErrorOf } from '../protocol/scripted-operations.ts';
import { eventually } from '../support/eventually.ts';
import { RunningListener } from './running-listener.ts';
import { StreamClient } from './stream-client.ts';

const COMPLETE = 'event: complete\ndata:\n\n';

describe('event streams over real sockets', () => {
  let running: RunningListener;
  before(async () => {
    running = await RunningListener.start({ eventStreamLimits: { lookMs: 100 } });
  });
  after(() => running.stop());

  async function subscribed(
    headers: Record<string, string> = {},
  ): Promise<{ readonly client: StreamClient; readonly subscription: ScriptedSubscription }> {
    const before = running.operations.subscriptions.length;
    const client = await StreamClient.open(running.url, { headers });
    await eventually(() => running.operations.subscriptions.length === before + 1);
    return { client, subscription: at(running.operations.subscriptions, -1) };
  }

  it('P40: the head and a first comment arrive before anything happens', async () => {
    const { client } = await subscribed();
    assert.equal(client.status, 200);
    assert.equal(client.headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.equal(client.headers['cache-control'], 'no-cache');
    assert.equal(client.headers['x-accel-buffering'], 'no');
    assert.equal(client.headers['content-encoding'], undefined);
    await client.receive(':\n\n');
    client.terminate();
  });

  it('P41: results in order, complete, and the end of the body', async () => {
    const { client, subscription } = await subscribed();
    subscription.sink.next(batchOf({ data: 'ä€😀' }, { data: 2 }));
    subscription.sink.complete();
    await eventually(() => client.ending === 'end');
    assert.equal(
      client.text.replaceAll(/^:\n\n/gm, ''),
      `event: next\ndata: {"data":"ä€😀"}\n\nevent: next\ndata: {"data":2}\n\n${COMPLETE}`,
    );
  });

  it('P41: a query by GET and a mutation by POST, each on a connection that can be used again', async () => {
    running.operations.onRun = ({ resolve }) => resolve('{"data":{"n":1}}');
    const headers = { accept: 'text/event-stream', 'content-type': 'application/json' };
    const answers = [
      await fetch(`${running.url}?query=query`, { headers }),
      await fetch(running.url, { method: 'POST', headers, body: '{"query":"mutation"}' }),
    ];
    running.operations.onRun = undefined;
    for (const answer of answers) {
      assert.equal(answer.status, 200);
      assert.equal(await answer.text(), `:\n\nevent: next\ndata: {"data":{"n":1}}\n\n${COMPLETE}`);
    }
  });

  it('P43: Last-Event-ID of a request arrives as its cursor', async () => {
    const { client, subscription } = await subscribed({ 'last-event-id': 'abc-_123' });
    assert.deepEqual(subscription.request.extensions, { cursor: 'abc-_123' });
    client.terminate();
  });

  it('P44: keep-alives come by themselves', async () => {
    const { client, subscription } = await subscribed();
    await client.receive(':\n\n:\n\n');
    subscription.cursor = 'c9';
    await client.receive('id: c9\n\nid: c9\n\n');
    client.terminate();
  });

  it('P45: what is refused before the stream has a status that says why', async () => {
    const ask = async (body: string, headers: Record<string, string> = {}): Promise<number> => {
      const response = await fetch(running.url, {
        method: 'POST',
        headers: { accept: 'text/event-stream', 'content-type': 'application/json', ...headers },
        body,
      });
      assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
      await response.text();
      return response.status;
    };
    assert.equal(await ask('{'), 400);
    assert.equal(await ask('{"query":"refuse syntax GRAPHQL_PARSE_FAILED"}'), 400);
    assert.equal(await ask('{"query":"refuse operation OPERATION_RESOLUTION_FAILURE"}'), 400);
    assert.equal(await ask('{"query":"refuse validation UNAUTHENTICATED"}'), 401);
    assert.equal(await ask('{"query":"refuse validation FORBIDDEN"}'), 403);
    assert.equal(await ask('{"query":"subscription"}', { 'content-type': 'text/plain' }), 415);
    assert.equal(await ask('{"query":"subscription"}', { accept: 'text/html' }), 406);
  });

  it('P46: a source that fails is told in the stream', async () => {
    const { client, subscription } = await subscribed();
    subscription.sink.error([wireErrorOf('BROKER_UNAVAILABLE', 'away')]);
    await eventually(() => client.ending === 'end');
    assert.match(
      client.text,
      /event: next\ndata: \{"errors":\[\{"message":"away",.*\]\}\n\nevent: complete\ndata:\n\n$/,
    );
  });

  it('P49: a client that goes away leaves no source, and is no longer counted', async () => {
    const { client, subscription } = await subscribed();
    assert.ok(running.metrics.connections >= 1);
    client.terminate();
    await eventually(() => subscription.disposed === 1);
    await eventually(() => running.metrics.connections === 0);
    subscription.sink.next(batchOf({ data: 1 }));
  });

  it('P41: results of 1 MiB and many small ones arrive whole and in order', async () => {
    const { client, subscription } = await subscribed();
    const large = 'ä€😀x'.repeat(104_857);
    subscription.sink.next(batchOf({ data: large }));
    for (let n = 0; n < 2_000; n += 1) subscription.sink.next(batchOf({ data: n }, { data: n + 0.5 }));
    subscription.sink.complete();
    await eventually(() => client.ending === 'end', { deadlineMs: 60_000 });
    const results = [...client.text.matchAll(/^data: (.+)$/gm)].map(([, json = '']) => JSON.parse(json).data);
    assert.equal(results.shift(), large);
    assert.deepEqual(results, Array.from({ length: 2_000 }, (_, n) => [n, n + 0.5]).flat());
  });
});

describe('a server that drains', () => {
  it('P50: its streams end without complete, after a time to come back; queries are answered first', async () => {
    const running = await RunningListener.start();
    const subscription = await StreamClient.open(running.url);
    const query = await StreamClient.open(running.url, { query: 'query' });
    await eventually(() => running.operations.singles.length === 1 && running.operations.subscriptions.length === 1);
    const closed = running.listener.close(60_000);
    await eventually(() => subscription.ending === 'end');
    assert.match(subscription.text, /^:\n\nretry: \d+\n\n$/);
    assert.equal(running.operations.open, 0);
    assert.equal(query.ending, undefined);
    at(running.operations.singles, 0).resolve('{"data":1}');
    await eventually(() => query.ending === 'end');
    assert.match(query.text, /^:\n\nevent: next\ndata: \{"data":1\}\n\nevent: complete\ndata:\n\n$/);
    await closed;
    await running.stop();
  });
});
