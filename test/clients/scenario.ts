import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type RunningGateway, startTestGateway } from '../gateway/running-gateway.ts';
import { eventually } from '../support/eventually.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { freePort } from '../support/free-port.ts';
import { request } from '../support/graphql-client.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import type { StockClient } from './stock-client.ts';

const SCHEMA = 'type Note @topic(name: "notes", delivery: BUFFERED) { id: ID!  text: String! }';
/** A browser that was refused waits for seconds before it comes back. */
const PATIENCE = { deadlineMs: 90_000 };

/** What one subscription has brought. */
interface Feed {
  readonly ids: string[];
  readonly problems: string[];
  unsubscribe(): void;
}

/**
 * The scenario that every stock client passes: query, mutation, subscribe, error, resume, unsubscribe, subscribe again, drain. `open`
 * makes the client for `http://127.0.0.1:PORT/graphql`, which is a proxy that can cut its connections, in front of a gateway on a
 * real Redis.
 */
export function scenario(name: string, open: (url: string) => Promise<StockClient>): void {
  describe(name, () => {
    let folder: string;
    let redis: RedisServer;
    let gateway: RunningGateway;
    let proxy: FaultProxy;
    let client: StockClient;
    let port: number;
    /** Before there is one, one that is over. */
    let feed: Feed = { ids: [], problems: [], unsubscribe() {} };
    const startGateway = (): Promise<RunningGateway> =>
      startTestGateway({
        port,
        schemaFile: join(folder, 'schema.graphql'),
        dataFolder: join(folder, 'data'),
        redis: { url: redis.url },
      });

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'sluice-stock-'));
      await writeFile(join(folder, 'schema.graphql'), SCHEMA);
      redis = await startRedisServer();
      port = await freePort();
      gateway = await startGateway();
      proxy = await startFaultProxy({ host: '127.0.0.1', port });
      client = await open(`http://127.0.0.1:${proxy.port}/graphql`);
    });
    after(async () => {
      feed.unsubscribe();
      await client?.close();
      await proxy?.close();
      await gateway?.stop();
      await redis?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    function follow(): Feed {
      const ids: string[] = [];
      const problems: string[] = [];
      const unsubscribe = client.subscribe('notes', {
        note: ({ id, text }) => {
          assert.equal(text, `text of ${id}`);
          ids.push(id);
        },
        problem: (text) => problems.push(text),
      });
      return { ids, problems, unsubscribe };
    }

    async function publish(...ids: readonly string[]): Promise<void> {
      const query = 'mutation ($event: NoteInput!) { publishNote(event: $event) { topic } }';
      for (const id of ids) {
        const { errors } = await request(gateway.url, query, { event: { id, text: `text of ${id}` } });
        assert.equal(errors, undefined, JSON.stringify(errors));
      }
    }

    /** Until the subscription is there nothing can arrive: publishes until something does. */
    async function attached({ ids, problems }: Feed, prefix: string): Promise<void> {
      let count = 0;
      await eventually(async () => {
        count += 1;
        await publish(`${prefix}-${count}`);
        assert.deepEqual(problems, []);
        return ids.length > 0;
      }, PATIENCE);
    }

    const withoutProbes = (ids: readonly string[]): string[] => ids.filter((id) => !id.startsWith('probe'));

    async function receives(expected: readonly string[]): Promise<void> {
      await eventually(() => withoutProbes(feed.ids).length >= expected.length, {
        ...PATIENCE,
        what: `${expected.length} events`,
      });
      assert.deepEqual(withoutProbes(feed.ids), expected);
      assert.deepEqual(feed.problems, []);
    }

    const subscriptions = async (): Promise<number> => {
      const { body } = await gateway.admin('/metrics');
      return Number(/^sluice_subscriptions\{[^}]*topic="notes"[^}]*\} (\d+)$/m.exec(body)?.[1] ?? 0);
    };

    test('a query is answered', async () => {
      const outcome = await client.execute('topics', {});
      assert.equal(outcome.type, 'data', JSON.stringify(outcome));
      assert.partialDeepStrictEqual(outcome, { data: { topics: [{ name: 'notes', delivery: 'BUFFERED' }] } });
    });

    test('a mutation publishes, and its receipt has a cursor', async () => {
      const outcome = await client.execute('publish', { event: { id: 'first', text: 'text of first' } });
      assert.equal(outcome.type, 'data', JSON.stringify(outcome));
      assert.match(JSON.stringify(outcome.data), /"cursor":"[\w.~-]+"/);
      assert.match(await redis.cli('XRANGE', 'notes', '-', '+'), /"id":"first"/);
    });

    test('a subscription brings every event, in order', async () => {
      feed = follow();
      await attached(feed, 'probe-a');
      await publish('1', '2', '3');
      await receives(['1', '2', '3']);
    });

    test('an error reaches its operation with its code, and a live subscription goes on', async () => {
      const query = await client.execute('brokenQuery', {});
      assert.equal(query.type, 'problem', JSON.stringify(query));
      assert.match(query.text, /GRAPHQL_VALIDATION_FAILED/);
      const mutation = await client.execute('publish', { event: { id: 'no text' } });
      assert.equal(mutation.type, 'problem', JSON.stringify(mutation));
      assert.match(mutation.text, /BAD_USER_INPUT/);
      const problems: string[] = [];
      const end = client.subscribe('brokenSubscription', {
        note: () => assert.fail('a refused subscription has no event'),
        problem: (text) => problems.push(text),
      });
      await eventually(() => problems.length > 0, { what: 'the refusal' });
      assert.match(problems[0] ?? '', /GRAPHQL_VALIDATION_FAILED/);
      end();
      await publish('4');
      await receives(['1', '2', '3', '4']);
      assert.equal(problems.length, 1);
    });

    test('a connection that breaks is resumed: what was missed comes, nothing twice', async () => {
      proxy.refuse();
      assert.ok(proxy.cut() > 0);
      await publish('5', '6', '7');
      proxy.accept();
      await receives(['1', '2', '3', '4', '5', '6', '7']);
      proxy.cut();
      await publish('8', '9');
      await receives(['1', '2', '3', '4', '5', '6', '7', '8', '9']);
    });

    test('unsubscribe ends the subscription at the server', async () => {
      assert.equal(await subscriptions(), 1);
      feed.unsubscribe();
      await eventually(async () => (await subscriptions()) === 0, { ...PATIENCE, what: 'no subscription' });
      const before = feed.ids.length;
      await publish('unseen');
      assert.equal((await client.execute('topics', {})).type, 'data');
      assert.equal(feed.ids.length, before);
    });

    test('a new subscription of the same client begins with what comes now', async () => {
      feed = follow();
      await attached(feed, 'probe-b');
      await publish('10', '11');
      await receives(['10', '11']);
    });

    test('a drain loses nothing: the client comes back to the next gateway and goes on', async () => {
      await gateway.stop();
      // Another service writes meanwhile.
      await redis.cli('XADD', 'notes', '*', 'data', '{"id":"12","text":"text of 12"}');
      gateway = await startGateway();
      await receives(['10', '11', '12']);
      await publish('13', '14');
      await receives(['10', '11', '12', '13', '14']);
      assert.equal((await client.execute('topics', {})).type, 'data');
      feed.unsubscribe();
      await eventually(async () => (await subscriptions()) === 0, { ...PATIENCE, what: 'no subscription' });
    });
  });
}
