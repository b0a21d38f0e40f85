import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { EventSource } from 'eventsource';
import { type Client, createClient } from 'graphql-sse';
import { at, batchOf, type ScriptedSubscription, wireErrorOf } from '../protocol/scripted-operations.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { startBufferingProxy } from './buffering-proxy.ts';
import { RunningListener } from './running-listener.ts';
import { StreamClient } from './stream-client.ts';

describe('stock clients of event streams', () => {
  let running: RunningListener;
  before(async () => {
    running = await RunningListener.start();
  });
  after(() => running.stop());

  async function sourceAfter(subscribe: () => void): Promise<ScriptedSubscription> {
    const before = running.operations.subscriptions.length;
    subscribe();
    await eventually(() => running.operations.subscriptions.length === before + 1);
    return at(running.operations.subscriptions, -1);
  }

  describe('the client of graphql-sse', () => {
    let client: Client;
    before(() => {
      client = createClient({ url: running.url, retryAttempts: 0 });
    });
    after(() => client.dispose());

    it('P41: runs a query and a mutation', async () => {
      running.operations.onRun = ({ request, resolve }) => resolve(JSON.stringify({ data: { query: request.query } }));
      for (const query of ['query', 'mutation']) {
        const results: unknown[] = [];
        for await (const result of client.iterate({ query })) results.push(result);
        assert.deepEqual(results, [{ data: { query } }]);
      }
      running.operations.onRun = undefined;
    });

    it('P41, P42, P44: reads a subscription with ids, keep-alives and completion', async () => {
      const results: unknown[] = [];
      let ended: unknown = 'not yet';
      const { sink } = await sourceAfter(() => {
        client.subscribe(
          { query: 'subscription' },
          {
            next: (result) => results.push(result),
            error: (error) => {
              ended = error;
            },
            complete: () => {
              ended = 'complete';
            },
          },
        );
      });
      sink.progress({ cursor: 'c0', gap: undefined });
      sink.next(batchOf({ data: 1, extensions: { cursor: 'c1' } }, { data: 'a\nb' }));
      sink.complete();
      await eventually(() => ended !== 'not yet');
      assert.equal(ended, 'complete');
      assert.deepEqual(results, [{ data: 1, extensions: { cursor: 'c1' } }, { data: 'a\nb' }]);
    });

    it('P46, P48: is told of refusals and failures as results with errors, then completed', async () => {
      for (const [query, code] of [
        ['refuse validation GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_VALIDATION_FAILED'],
        ['subscription', 'CURSOR_EXPIRED'],
      ] as const) {
        running.operations.onSubscribe = ({ sink }) =>
          void setImmediate(() => sink.error([wireErrorOf('CURSOR_EXPIRED', 'gone')]));
        const results: unknown[] = [];
        for await (const result of client.iterate({ query })) results.push(result);
        running.operations.onSubscribe = undefined;
        assert.equal(results.length, 1);
        assert.match(JSON.stringify(results[0]), new RegExp(code));
      }
    });

    it('P49: ends a subscription, and its source is disposed of', async () => {
      const iterator = client.iterate({ query: 'subscription' });
      const subscription = await sourceAfter(() => void iterator.next());
      subscription.sink.next(batchOf({ data: 1 }));
      await iterator.return?.();
      await eventually(() => subscription.disposed === 1);
    });

    it('P50: comes back after a drain and subscribes again', async () => {
      const port = await freePort();
      const first = await RunningListener.start({ port });
      const patient = createClient({
        url: first.url,
        retryAttempts: 1_000,
        retry: () => new Promise((resolve) => setTimeout(resolve, 20)),
      });
      const next = patient.iterate({ query: 'subscription' }).next();
      await eventually(() => first.operations.subscriptions.length === 1);
      await first.stop();
      const second = await RunningListener.start({ port });
      await eventually(() => second.operations.subscriptions.length === 1);
      at(second.operations.subscriptions, 0).sink.next(batchOf({ data: 'again' }));
      assert.deepEqual((await next).value, { data: 'again' });
      patient.dispose();
      await second.stop();
    });

    it('P47: tries five times again when it is refused by a status, then says so', async () => {
      const before = running.operations.requests.length;
      const insisting = createClient({ url: running.url, retryAttempts: 5, retry: () => Promise.resolve() });
      const refused = insisting.iterate({ query: 'refuse validation FORBIDDEN' }).next();
      await assert.rejects(refused, /403|Forbidden/);
      assert.equal(running.operations.requests.length - before, 6);
      insisting.dispose();
    });
  });

  describe('EventSource', () => {
    const listen = (source: EventSource): { readonly results: unknown[]; completions: number; errors: number } => {
      const seen = { results: [] as unknown[], completions: 0, errors: 0 };
      source.addEventListener('next', ({ data }) => seen.results.push(JSON.parse(data)));
      source.addEventListener('complete', () => {
        seen.completions += 1;
        source.close();
      });
      source.addEventListener('error', () => {
        seen.errors += 1;
      });
      return seen;
    };

    it('P41: reads a subscription and is told its end', async () => {
      let source: EventSource | undefined;
      const subscription = await sourceAfter(() => {
        source = new EventSource(`${running.url}?query=subscription`);
      });
      const seen = listen(source as EventSource);
      subscription.sink.next(batchOf({ data: 1 }, { data: 2 }));
      subscription.sink.complete();
      await eventually(() => seen.completions === 1);
      assert.deepEqual(seen.results, [{ data: 1 }, { data: 2 }]);
    });

    it('P47: gives up when it is refused by a status', async () => {
      const source = new EventSource(`${running.url}?query=refuse%20syntax`);
      const seen = listen(source);
      await eventually(() => source.readyState === source.CLOSED);
      assert.deepEqual([seen.results, seen.errors], [[], 1]);
    });

    it('P42, P43, P48: comes back with the id of the last result, and after CURSOR_EXPIRED without one', async () => {
      // A listener that drains asks for a quick return, so that nobody waits for the 3 s of the client.
      const port = await freePort();
      const quick = { eventStreamLimits: { retryMinMs: 20, retryMaxMs: 30 } };
      const first = await RunningListener.start({ port, ...quick });
      const source = new EventSource(`${first.url}?query=subscription&extensions=%7B%22cursor%22%3A%22url%22%7D`);
      const seen = listen(source);
      await eventually(() => first.operations.subscriptions.length === 1);
      assert.deepEqual(at(first.operations.subscriptions, 0).request.extensions, { cursor: 'url' });
      at(first.operations.subscriptions, 0).sink.next(batchOf({ data: 1, extensions: { cursor: 'c1' } }));
      await eventually(() => seen.results.length === 1);
      await first.stop();
      const second = await RunningListener.start({ port, ...quick });
      await eventually(() => second.operations.subscriptions.length === 1);
      const { request, sink } = at(second.operations.subscriptions, 0);
      assert.deepEqual(request.extensions, { cursor: 'c1' });
      source.addEventListener('complete', () => undefined);
      // This one does not close at complete, so it comes back once more.
      const stubborn = new EventSource(`${second.url}?query=subscription`);
      await eventually(() => second.operations.subscriptions.length === 2);
      const other = at(second.operations.subscriptions, 1);
      let failed = false;
      stubborn.addEventListener('next', () => {
        failed = true;
      });
      other.sink.next(batchOf({ data: 1, extensions: { cursor: 'c1' } }));
      await eventually(() => failed);
      other.sink.error([wireErrorOf('CURSOR_EXPIRED', 'gone')]);
      await eventually(() => second.operations.subscriptions.length === 3, { deadlineMs: 60_000 });
      assert.equal(at(second.operations.subscriptions, 2).request.extensions, undefined);
      stubborn.close();
      sink.complete();
      await eventually(() => seen.completions === 1);
      source.close();
      await second.stop();
    });
  });

  it('P40, P41: fetch reads results as they come', async () => {
    let response: Promise<Response> | undefined;
    const subscription = await sourceAfter(() => {
      response = fetch(`${running.url}?query=subscription`, { headers: { accept: 'text/event-stream' } });
    });
    const reader = (await (response as Promise<Response>)).body?.pipeThrough(new TextDecoderStream()).getReader();
    assert.equal((await reader?.read())?.value, ':\n\n');
    for (const n of [1, 2]) {
      subscription.sink.next(batchOf({ data: n }));
      assert.equal((await reader?.read())?.value, `event: next\ndata: {"data":${n}}\n\n`);
    }
    await reader?.cancel();
    await eventually(() => subscription.disposed === 1);
  });

  it('P40: a proxy that buffers passes the first comment and every result on at once', async () => {
    const proxy = await startBufferingProxy(running.url);
    const client = await StreamClient.open(proxy.url);
    await client.receive(':\n\n');
    at(running.operations.subscriptions, -1).sink.next(batchOf({ data: 'small' }));
    await client.receive('"small"');
    client.terminate();
    await eventually(() => at(running.operations.subscriptions, -1).disposed === 1);
    await proxy.close();
  });
});
