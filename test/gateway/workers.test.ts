import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { DebugReport } from '../../src/admin/debug-report.ts';
import { runSluice } from '../cli/child.ts';
import { temporaryFolder } from '../cli/temporary-folder.ts';
import { eventually } from '../support/eventually.ts';
import { MultiplexedClient, type MultiplexedSubscription } from '../support/multiplexed-client.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { gone, refusedServe, type ServedWorkers, serveWorkers } from '../workers/served-workers.ts';

const SCHEMA = `
type Tick @topic(name: "ticks.{room}", delivery: EPHEMERAL) {
  id: ID!
  room: String!
  sequence: Int!
}
`;
/** So many sockets never land on one of two workers by chance. */
const CLIENTS = 40;
const CHANNEL = 'ticks.a';
const SUBSCRIPTION = 'subscription { tick(room: "a") { sequence } }';
/** A whole server starts and settles within this on a loaded machine, in milliseconds. */
const PATIENCE = { deadlineMs: 60_000 };

interface Watcher {
  readonly client: MultiplexedClient;
  readonly subscription: MultiplexedSubscription;
}

const folder = temporaryFolder({ 'ticks.graphql': SCHEMA });
const schema = ['--schema', `${folder}/ticks.graphql`];
let redis: RedisServer;
let redisWords: readonly string[];
const watchers: Watcher[] = [];

before(async () => {
  redis = await startRedisServer();
  redisWords = [...schema, '--redis-url', redis.url];
});
after(async () => {
  for (const { client } of watchers) await client.close();
  await redis.stop();
});

async function watch(url: string, count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    const client = await MultiplexedClient.connect(url);
    watchers.push({ client, subscription: client.subscribe(SUBSCRIPTION) });
  }
}

/** Publishes from outside, so that no worker's death cuts a publish. */
async function publish(from: number, to: number): Promise<void> {
  for (let sequence = from; sequence < to; sequence += 1) {
    await redis.cli('PUBLISH', CHANNEL, JSON.stringify({ id: `tick-${sequence}`, room: 'a', sequence }));
  }
}

/** How many processes listen to the channel: a worker does so once, for all its subscribers. */
async function listening(): Promise<number> {
  const answer = await redis.cli('PUBSUB', 'NUMSUB', CHANNEL);
  return Number(answer.split('\n')[1]);
}

function sequencesOf({ subscription }: Watcher): readonly unknown[] {
  return subscription.results.map((result) => {
    assert.equal(result.errors, undefined);
    assert.equal(result.extensions?.['gap'], undefined, 'no loss is flagged');
    return (result.data?.['tick'] as { sequence: number } | undefined)?.sequence;
  });
}

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

async function allHave(seen: readonly Watcher[], count: number): Promise<void> {
  await eventually(() => seen.every(({ subscription }) => subscription.results.length >= count), PATIENCE);
}

describe('a server of two workers on a real Redis', () => {
  const deliveries = 'sluice_deliveries_total{topic="ticks.{room}",delivery="EPHEMERAL"}';
  let served: ServedWorkers;
  before(async () => {
    served = await serveWorkers(`${folder}/data`, 2, redisWords);
  });
  after(() => served.kill());

  it('says once that it is ready, when all workers are', async () => {
    assert.equal(served.stdout().match(/Sluice ready on/g)?.length, 1);
    assert.deepEqual([served.pids(1).length, served.pids(2).length], [1, 1]);
    assert.deepEqual(await served.admin('/readyz'), { status: 200, body: '{"ready":true}\n' });
    const { status, body } = await served.admin('/healthz');
    assert.equal(status, 200, body);
    assert.deepEqual((JSON.parse(body) as { workers: unknown }).workers, { expected: 2, ready: 2 });
    assert.equal(await served.metric('sluice_workers'), 2);
  });

  it('connections spread over both, each event reaches everyone once and in order, and metrics are exact sums', async () => {
    await watch(served.url, CLIENTS);
    await eventually(async () => (await listening()) === 2, PATIENCE);
    await eventually(
      async () => (await served.metric('sluice_subscriptions{topic="ticks.{room}",delivery="EPHEMERAL"}')) === CLIENTS,
      PATIENCE,
    );
    await publish(0, 30);
    await allHave(watchers, 30);
    for (const watcher of watchers) assert.deepEqual(sequencesOf(watcher), range(0, 30));
    assert.equal(await served.metric(deliveries), 30 * CLIENTS);
    assert.equal(await served.metric('sluice_events_total{topic="ticks.{room}",delivery="EPHEMERAL"}'), 30 * 2);
    assert.equal(await served.metric('sluice_connections'), CLIENTS);
  });

  it('the debug pages show the topics of all workers as one, and every connection with its worker', async () => {
    const { topics, streams } = JSON.parse((await served.admin('/debug/topics')).body) as DebugReport;
    assert.deepEqual(
      topics.map(({ topic, subscribers, groups }) => [topic, subscribers, groups]),
      [['ticks.{room}', CLIENTS, 2]],
    );
    assert.deepEqual(streams.map(({ stream, worker }) => `${stream} of ${worker}`).sort(), [
      'ticks.a of 1',
      'ticks.a of 2',
    ]);
    const connections = JSON.parse((await served.admin('/debug/connections')).body) as DebugReport['connections'];
    assert.equal(connections.total, CLIENTS);
    assert.deepEqual(new Set(connections.slowest.map(({ worker }) => worker)), new Set([1, 2]));
    assert.equal(new Set(connections.slowest.map(({ id }) => id)).size, CLIENTS);
    const batches = await served.metric('sluice_batch_events_sum{delivery="EPHEMERAL"}');
    assert.equal(batches, 30 * 2, 'each worker handed each event to its own');
  });

  it('A76: a second server on the port is refused, with one worker or with several', async () => {
    for (const workers of ['1', '2']) {
      const words = ['--workers', workers, '--port', String(served.port), '--admin-port', '0', ...redisWords];
      const { code, stdout, stderr } = await refusedServe(words);
      assert.deepEqual([code, stdout], [1, ''], stderr);
      assert.match(stderr, new RegExp(`Port ${served.port} on 127\\.0\\.0\\.1 is in use\\. .*--port\\.\n`));
    }
    assert.equal(await served.metric('sluice_workers'), 2);
  });

  it('a worker that does not answer makes the server unready; its metrics stay as it told them last', async () => {
    const [stuck] = served.pids(2);
    assert.ok(stuck !== undefined);
    process.kill(stuck, 'SIGSTOP');
    try {
      const { status, body } = await served.admin('/readyz');
      assert.deepEqual([status, body], [503, '{"ready":false,"reason":"waiting for worker 2"}\n']);
      assert.equal(await served.metric(deliveries), 30 * CLIENTS);
    } finally {
      process.kill(stuck, 'SIGCONT');
    }
    await eventually(async () => (await served.admin('/readyz')).status === 200, PATIENCE);
  });

  it('F24: the death of a worker closes only its own sockets, and another one takes its place', async () => {
    const [victim] = served.pids(2);
    assert.ok(victim !== undefined);
    const publishing = publish(30, 90);
    await eventually(() => watchers.every(({ subscription }) => subscription.results.length > 35), PATIENCE);
    const before = await served.metric(deliveries);
    process.kill(victim, 'SIGKILL');
    await gone(victim);
    await publishing;
    await eventually(() => watchers.some(({ client }) => client.closeCode !== undefined), PATIENCE);
    const survivors = watchers.filter(({ client }) => client.closeCode === undefined);
    const lost = watchers.filter(({ client }) => client.closeCode !== undefined);
    assert.ok(survivors.length > 0 && lost.length > 0, `${survivors.length} survived, ${lost.length} were cut`);
    for (const { client } of lost) assert.equal(client.closeCode, 1006);
    await allHave(survivors, 90);
    for (const watcher of survivors) assert.deepEqual(sequencesOf(watcher), range(0, 90));
    for (const watcher of lost) {
      const sequences = sequencesOf(watcher);
      assert.deepEqual(sequences, range(0, sequences.length), 'what came before the end is whole');
    }
    await eventually(() => served.pids(2).length === 2, PATIENCE);
    await eventually(async () => (await served.admin('/readyz')).status === 200, PATIENCE);
    assert.equal(await served.metric('sluice_worker_restarts_total'), 1);
    assert.equal(await served.metric('sluice_workers'), 2);
    assert.ok((await served.metric(deliveries)) >= before, 'a total never falls');
    assert.equal(await served.metric('sluice_connections'), survivors.length);
    assert.equal(served.log().filter(({ message }) => /^a worker ended and is/.test(message)).length, 1);
    // Those who were cut come back, and the new worker takes its share.
    watchers.splice(0, watchers.length, ...survivors);
    await watch(served.url, lost.length + 20);
    await eventually(async () => (await listening()) === 2, PATIENCE);
  });

  /** Every worker still hands out events. */
  async function allServe(): Promise<void> {
    const counts = watchers.map(({ subscription }) => subscription.results.length);
    await publish(90, 91);
    await eventually(
      () => watchers.every(({ subscription }, index) => subscription.results.length > (counts[index] ?? 0)),
      PATIENCE,
    );
  }

  it('P34: SIGTERM drains every worker: all sockets close with 1012, and the exit code is 0', async () => {
    const pids = [...served.pids(1), ...served.pids(2)];
    // A terminal's Ctrl-C, and some service managers, signal the workers too: the word of the primary counts alone.
    for (const pid of [served.pids(1).at(-1), served.pids(2).at(-1)]) {
      for (const signal of ['SIGINT', 'SIGTERM']) if (pid !== undefined) process.kill(pid, signal);
    }
    await allServe();
    assert.equal(await served.stop(), 0, served.stderr());
    for (const { client } of watchers) await eventually(() => client.closeCode === 1012, PATIENCE);
    for (const pid of pids) await gone(pid);
    await assert.rejects(fetch(served.url), 'the port is closed');
  });
});

describe('the end of workers', () => {
  it('F24: a worker that dies again and again ends the server with code 1, and the other one is drained', async (t) => {
    const served = await serveWorkers(`${folder}/loop`, 2, redisWords);
    t.after(() => served.kill());
    const killed = new Set<number>();
    let ended = false;
    void served.exit.then(() => {
      ended = true;
    });
    await eventually(
      () => {
        const pid = served.pids(2).at(-1);
        if (pid !== undefined && !killed.has(pid) && !ended) {
          killed.add(pid);
          process.kill(pid, 'SIGKILL');
        }
        return ended;
      },
      { deadlineMs: 240_000, what: 'the end of the server' },
    );
    assert.equal(await served.exit, 1);
    assert.equal(killed.size, 6);
    assert.ok(served.log().some(({ message }) => message === 'a worker ends again and again: the server stops'));
    for (const pid of served.pids(1)) await gone(pid);
  });

  it('workers whose primary is killed end too, and free the port', async (t) => {
    const served = await serveWorkers(`${folder}/orphans`, 2, redisWords);
    t.after(() => served.kill());
    const client = await MultiplexedClient.connect(served.url);
    served.process.kill('SIGKILL');
    for (const pid of [...served.pids(1), ...served.pids(2)]) await gone(pid);
    await eventually(() => client.closeCode === 1012, PATIENCE);
    const next = await serveWorkers(`${folder}/orphans`, 2, [...redisWords, '--port', String(served.port)]);
    t.after(() => next.kill());
    assert.equal(await next.stop(), 0);
  });
});

describe('a start of several workers that is refused', () => {
  it('embedded brokers: each delivery with the reason and what to do; auto takes one worker instead', async () => {
    const words = ['--port', '0', '--admin-port', '0', '--data-dir', `${folder}/embedded`];
    const { code, stdout, stderr } = await refusedServe(['--workers', '2', ...words]);
    assert.deepEqual([code, stdout], [1, '']);
    for (const delivery of ['DURABLE', 'BUFFERED', 'EPHEMERAL']) {
      assert.equal(stderr.match(new RegExp(`but ${delivery} topics are embedded`, 'g'))?.length, 1, stderr);
    }
    assert.match(stderr, /or start with --workers 1\.\n/);
    assert.match(stderr, /3 problems at the start\n$/);
  });

  it('what only a worker can find out is told once, and the whole start fails', async () => {
    // A password with a stray % passes the settings and fails in the adapter.
    const url = redis.url.replace('redis://', 'redis://user:%zz@');
    const words = ['--workers', '2', '--port', '0', '--admin-port', '0', ...schema, '--redis-url', url];
    const { code, stdout, stderr } = await refusedServe(words);
    assert.deepEqual([code, stdout], [1, ''], stderr);
    assert.equal(stderr.match(/has a % that does not begin an escape/g)?.length, 1, stderr);
    assert.match(stderr, /1 problem at the start\n$/);
  });

  it('a schema with problems is shown once, as with one worker', async () => {
    const bad = temporaryFolder({ 'bad.graphql': 'type A @topic(name: "a", delivery: DURABL) {\n  id: ID!\n}\n' });
    const words = ['--workers', '2', '--port', '0', '--admin-port', '0', '--schema', 'bad.graphql'];
    const { code, stdout, stderr } = await refusedServe(words, bad);
    assert.deepEqual([code, stdout], [1, '']);
    assert.equal(stderr.match(/^bad\.graphql:1:/gm)?.length, 1, stderr);
  });

  it('a word that only the server gives its workers says so when a person gives it', async () => {
    const { code, stderr } = await runSluice(['worker']);
    assert.equal(code, 2);
    assert.match(stderr, /is started by sluice serve --workers N/);
  });
});
