import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { at, batchOf } from '../protocol/scripted-operations.ts';
import { eventually } from '../support/eventually.ts';
import { RawClient, RunningListener } from './running-listener.ts';

const MIB = 1024 * 1024;

describe('delivery to real sockets', () => {
  let running: RunningListener;
  before(async () => {
    running = await RunningListener.start();
  });
  after(() => running.stop());

  async function subscribed(ids: readonly string[]): Promise<RawClient> {
    const client = await RawClient.ready(running.webSocketUrl);
    const before = running.operations.subscriptions.length;
    for (const id of ids) client.subscribe(id);
    await eventually(() => running.operations.subscriptions.length === before + ids.length);
    return client;
  }

  it('10,000 results in batches of many sizes arrive once each and in order', async () => {
    const client = await subscribed(['1']);
    const { sink } = at(running.operations.subscriptions, -1);
    for (let next = 0, size = 1; next < 10_000; size = (size * 7) % 101) {
      const end = Math.min(next + size, 10_000);
      sink.next(batchOf(...Array.from({ length: end - next }, (_, index) => ({ data: { n: next + index } }))));
      next = end;
    }
    const numbers = (await client.receive(10_000)).map(({ payload }) => (payload as { data: { n: number } }).data.n);
    assert.deepEqual(
      numbers,
      Array.from({ length: 10_000 }, (_, n) => n),
    );
    client.terminate();
  });

  it('results of 1 MiB arrive whole', async () => {
    const client = await subscribed(['1']);
    const { sink } = at(running.operations.subscriptions, -1);
    const text = 'ä€😀x'.repeat(MIB / 10);
    sink.next(batchOf({ data: text }, { data: 'between' }, { data: text }));
    const received = await client.receive(3);
    assert.deepEqual(
      received.map(({ payload }) => (payload as { data: string }).data === text),
      [true, false, true],
    );
    client.terminate();
  });

  it('one batch for many subscribers: each gets it under its own id, of any length', async () => {
    const ids = [
      'a',
      'b',
      'ab',
      'cd',
      'ä',
      '😀',
      'a-long-id-of-36-characters-like-uuids',
      'b-long-id-of-36-characters-like-uuids',
    ];
    const clients = [await subscribed(ids), await subscribed(ids)];
    const batch = batchOf({ data: 1 }, { data: 2 });
    for (const { sink } of running.operations.subscriptions.slice(-2 * ids.length)) sink.next(batch);
    for (const client of clients) {
      const received = await client.receive(2 * ids.length);
      assert.deepEqual(
        received,
        ids.flatMap((id) => [1, 2].map((data) => ({ id, type: 'next', payload: { data } }))),
      );
      client.terminate();
    }
  });
});
