import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { request } from '../support/graphql-client.ts';
import { MultiplexedClient } from '../support/multiplexed-client.ts';
import { startTestGateway } from './running-gateway.ts';

/** 12 MB: more than the kernel's buffers take for a socket that nobody reads. */
const EVENTS = 3_000;
const TEXT = 'x'.repeat(4_000);
const STALLED = 200;
const FROM_EARLIEST = 'subscription { note(from: { earliest: true }) { number text } }';

test('200 sockets that stall amid a replay hold no place among the readers: a new resume gets everything, and so do they in the end', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-stalled-'));
  const schemaFile = join(folder, 'schema.graphql');
  await writeFile(schemaFile, 'type Note @topic(name: "notes", delivery: DURABLE) { number: Int!  text: String! }');
  const gateway = await startTestGateway({ schemaFile, dataFolder: join(folder, 'data') });
  const clients: MultiplexedClient[] = [];
  try {
    for (let start = 0; start < EVENTS; start += 200) {
      const events = Array.from({ length: 200 }, (_, index) => ({ number: start + index, text: TEXT }));
      const query = 'mutation ($events: [NoteInput!]!) { publishNoteBatch(events: $events) { __typename } }';
      assert.equal((await request(gateway.url, query, { events })).errors, undefined);
    }
    const metric = async (name: string): Promise<number> => {
      const { body } = await gateway.admin('/metrics');
      return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(body)?.[1]);
    };

    const stalled = await Promise.all(
      Array.from({ length: STALLED }, async () => {
        const client = await MultiplexedClient.connect(gateway.url);
        clients.push(client);
        client.stall();
        return { client, subscription: client.subscribe(FROM_EARLIEST) };
      }),
    );
    // Each has taken what its buffers hold, and nobody reads for it any more.
    await eventually(
      async () => {
        const deliveries = await metric('sluice_deliveries_total\\{topic="notes",delivery="DURABLE"\\}');
        assert.ok(deliveries < STALLED * EVENTS, 'nobody stalled');
        return (
          deliveries >= STALLED &&
          (await metric('sluice_replay_readers')) === 0 &&
          (await metric('sluice_replay_readers_waiting')) === 0
        );
      },
      { what: 'readers that came to rest', deadlineMs: 60_000 },
    );

    const fresh = await MultiplexedClient.connect(gateway.url);
    clients.push(fresh);
    const whole = fresh.subscribe(FROM_EARLIEST);
    await eventually(() => whole.results.length === EVENTS, {
      what: 'a whole replay beside the stalled ones',
      deadlineMs: 60_000,
    });

    for (const { client } of stalled) client.read();
    for (const { client, subscription } of stalled) {
      await eventually(() => subscription.results.length >= EVENTS || client.closeCode !== undefined, {
        what: 'the rest, for one that stalled',
        deadlineMs: 120_000,
      });
      assert.equal(client.closeCode, undefined);
      assert.deepEqual(
        subscription.results.map((result) => (result.data?.['note'] as { number: number } | undefined)?.number),
        Array.from({ length: EVENTS }, (_, number) => number),
      );
      subscription.results.length = 0;
    }
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    await gateway.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
