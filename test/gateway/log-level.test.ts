import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { temporaryFolder } from '../cli/temporary-folder.ts';
import { eventually } from '../support/eventually.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { RawClient } from '../transport/running-listener.ts';
import { type ServedWorkers, serveWorkers } from '../workers/served-workers.ts';

const SCHEMA = 'type Tick @topic(name: "ticks.{room}", delivery: EPHEMERAL) { id: ID!  room: String! }';
const PATIENCE = { deadlineMs: 60_000 };

describe('the log level of a server of two workers', () => {
  const folder = temporaryFolder({ 'ticks.graphql': SCHEMA });
  let redis: RedisServer;
  let served: ServedWorkers;
  before(async () => {
    redis = await startRedisServer();
    const words = ['--schema', `${folder}/ticks.graphql`, '--redis-url', redis.url, '--log-level', 'warn'];
    served = await serveWorkers(folder, 2, words);
  });
  after(async () => {
    await served?.kill();
    await redis?.stop();
  });

  async function set(level: string): Promise<void> {
    const response = await fetch(`${served.adminUrl}/log-level`, { method: 'PUT', body: level });
    assert.deepEqual(await response.json(), { level });
  }

  /** Workers that have logged that a connection was closed. */
  const heard = (): readonly unknown[] => [
    ...new Set(served.log().flatMap(({ message, worker }) => (message === 'connection closed' ? [worker] : []))),
  ];

  async function comeAndGo(): Promise<void> {
    const client = new RawClient(served.url.replace(/^http/, 'ws'), 'graphql-transport-ws');
    await client.opened();
    client.terminate();
  }

  test('is as it was set at the start, and changes in every worker while they run', async () => {
    // The line that tells of a ready worker is no warning.
    assert.deepEqual(
      served.log().filter(({ level }) => level === 'info'),
      [],
    );
    await set('debug');
    await eventually(async () => {
      await comeAndGo();
      return heard().length === 2;
    }, PATIENCE);
    const [change] = served.log().filter(({ message }) => message === 'the log level was changed');
    assert.deepEqual([change?.['from'], change?.['to']], ['warn', 'debug']);
  });
});
