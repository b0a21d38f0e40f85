import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RedisConfig } from '../../src/config/config.ts';
import { temporaryFolder } from '../cli/temporary-folder.ts';
import { makeCertificates } from '../support/certificates.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { request } from '../support/graphql-client.ts';
import { MultiplexedClient, type MultiplexedSubscription } from '../support/multiplexed-client.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { startWatchedRedis } from '../support/redis-sentinels.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { type RunningGateway, startTestGateway } from './running-gateway.ts';

const SCHEMA = `
type Chat @topic(name: "chat.{room}", delivery: EPHEMERAL, wildcard: true) { room: ID!  number: Int! }
type Job @topic(name: "jobs.{room}", delivery: BUFFERED) { room: ID!  number: Int! }
`;
const PATIENCE = { deadlineMs: 60_000 };

async function gatewayAt(redis: RedisConfig): Promise<RunningGateway> {
  const folder = temporaryFolder({ 'schema.graphql': SCHEMA });
  return startTestGateway({ schemaFile: `${folder}/schema.graphql`, redis });
}

/** Publishes until it is acknowledged; anything else must mean that it was not written. */
async function publish(gateway: RunningGateway, type: 'Chat' | 'Job', room: string, number: number): Promise<void> {
  await eventually(async () => {
    const query = `mutation { publish${type}(event: { room: "${room}", number: ${number} }) { topic } }`;
    const { errors } = await request(gateway.url, query);
    if (errors !== undefined) assert.match(JSON.stringify(errors), /BROKER_UNAVAILABLE/);
    return errors === undefined;
  }, PATIENCE);
}

function numbersOf({ results, errors }: MultiplexedSubscription, field: 'chat' | 'job'): readonly unknown[] {
  assert.equal(errors, undefined);
  return results.map(({ data }) => (data?.[field] as { number: number } | undefined)?.number);
}

describe('Redis by TLS, with a user of its own and a prefix', () => {
  it('everything stands below the prefix; an environment with another prefix on the same Redis sees nothing of it', async () => {
    const files = await makeCertificates(temporaryFolder({}));
    const tlsPort = await freePort();
    const redis = await startRedisServer({
      args: [
        ...['--tls-port', String(tlsPort), '--tls-cert-file', files.certificate, '--tls-key-file', files.key],
        ...['--tls-ca-cert-file', files.ca, '--tls-auth-clients', 'yes'],
      ],
    });
    await redis.cli(
      'ACL',
      'SETUSER',
      'sluice',
      'on',
      '>s3cret',
      '~staging.*',
      '&staging.sluice:*',
      '&staging.chat.*',
      '+@all',
    );
    const at = {
      url: `rediss://127.0.0.1:${tlsPort}`,
      tls: { ca: files.ca, certificate: files.certificate, key: files.key },
    };
    const staging = await gatewayAt({ ...at, username: 'sluice', password: 's3cret', prefix: 'staging.' });
    const other = await gatewayAt({ url: redis.url, prefix: 'other.' });
    const plain = await gatewayAt({ url: redis.url });
    const clients = await Promise.all([staging, other, plain].map(({ url }) => MultiplexedClient.connect(url)));
    try {
      assert.equal((await staging.admin('/healthz')).status, 200);
      const all = clients.map((client) => client.subscribe('subscription { chat { room number } }'));
      const jobs = clients.map((client) => client.subscribe('subscription { job(room: "a") { number } }'));
      await eventually(async () => (await redis.cli('PUBSUB', 'NUMPAT')) === '3', PATIENCE);
      await eventually(
        async () => (await redis.cli('PUBSUB', 'CHANNELS', '*sluice:{*jobs.a}')).split('\n').length === 3,
        PATIENCE,
      );
      const [chat, job] = [all[0], jobs[0]];
      assert.ok(chat !== undefined && job !== undefined);
      await publish(staging, 'Chat', 'a', 1);
      await publish(staging, 'Job', 'a', 1);
      await eventually(() => numbersOf(chat, 'chat').length === 1 && numbersOf(job, 'job').length === 1, PATIENCE);
      // A sign of life of the others that comes behind: what is not theirs would have come before.
      for (const gateway of [other, plain]) {
        await publish(gateway, 'Chat', 'a', 2);
        await publish(gateway, 'Job', 'a', 2);
      }
      for (const index of [1, 2]) {
        const [theirChat, theirJob] = [all[index], jobs[index]];
        assert.ok(theirChat !== undefined && theirJob !== undefined);
        await eventually(() => theirChat.results.length > 0 && theirJob.results.length > 0, PATIENCE);
        assert.deepEqual([numbersOf(theirChat, 'chat'), numbersOf(theirJob, 'job')], [[2], [2]]);
      }
      assert.deepEqual([numbersOf(chat, 'chat'), numbersOf(job, 'job')], [[1], [1]]);
      assert.deepEqual(chat.results[0]?.data, { chat: { room: 'a', number: 1 } });
      const keys = (await redis.cli('KEYS', 'staging.*')).split('\n').sort();
      assert.deepEqual(keys, ['staging.jobs.a', 'staging.sluice:{staging.jobs.a}']);
    } finally {
      for (const client of clients) await client.close();
      for (const gateway of [staging, other, plain]) await gateway.stop();
      await redis.stop();
    }
  });
});

describe('a Redis Cluster', () => {
  it('events go to the nodes of their slots; a slot that moves takes its subscribers along without a gap or a double', async () => {
    const cluster = await startRedisCluster();
    const gateway = await gatewayAt({ cluster: cluster.addresses.slice(0, 1) });
    const client = await MultiplexedClient.connect(gateway.url);
    const rooms = Array.from({ length: 12 }, (_, index) => `room-${index}`);
    try {
      const jobs = rooms.map((room) => client.subscribe(`subscription { job(room: "${room}") { number } }`));
      const chat = client.subscribe('subscription { chat { number } }');
      await eventually(async () => {
        const lists = await Promise.all(cluster.nodes.map((node) => node.cli('PUBSUB', 'CHANNELS', 'sluice:{*')));
        const patterns = await Promise.all(cluster.nodes.map((node) => node.cli('PUBSUB', 'NUMPAT')));
        const channels = lists.flatMap((list) => list.split('\n')).filter((name) => name !== '').length;
        return channels === rooms.length && patterns.map(Number).reduce((sum, count) => sum + count, 0) === 1;
      }, PATIENCE);
      for (let number = 0; number < 3; number += 1)
        for (const room of rooms) await publish(gateway, 'Job', room, number);
      await publish(gateway, 'Chat', 'a', 0);
      const sizes = await Promise.all(cluster.nodes.map(async (node) => Number(await node.cli('DBSIZE'))));
      assert.ok(
        sizes.every((size) => size > 0),
        `keys on the nodes: ${sizes}`,
      );
      const moved = 'jobs.room-0';
      const from = await cluster.ownerOf(moved);
      const to = cluster.nodes.find((node) => node !== from);
      assert.ok(to !== undefined);
      const publishing = (async () => {
        for (let number = 3; number < 60; number += 1) await publish(gateway, 'Job', 'room-0', number);
      })();
      await cluster.move(moved, to);
      await publishing;
      assert.equal(await cluster.ownerOf(moved), to);
      await publish(gateway, 'Job', 'room-0', 60);
      // Written by another program, to the new owner.
      await to.cli('XADD', moved, '*', 'data', '{"room":"room-0","number":61}');
      await eventually(() => (jobs[0]?.results.length ?? 0) >= 62, PATIENCE);
      for (const [index, job] of jobs.entries()) {
        const count = index === 0 ? 62 : 3;
        await eventually(() => job.results.length >= count, PATIENCE);
        assert.deepEqual(
          numbersOf(job, 'job'),
          Array.from({ length: count }, (_, number) => number),
        );
      }
      assert.deepEqual(numbersOf(chat, 'chat'), [0]);
      const replay = client.subscribe('subscription { job(room: "room-0", from: { last: 62 }) { number } }');
      await eventually(() => replay.results.length === 62, PATIENCE);
    } finally {
      await client.close();
      await gateway.stop();
      await cluster.stop();
    }
  });
});

describe('Redis behind Sentinels', () => {
  it('F4: after a fail-over publishes and subscriptions go on at the new primary; the loss of EPHEMERAL is told', async () => {
    const redis = await startWatchedRedis();
    const gateway = await gatewayAt({ sentinels: redis.sentinels, primary: 'orders' });
    const client = await MultiplexedClient.connect(gateway.url);
    try {
      const job = client.subscribe('subscription { job(room: "a") { number } }');
      const chat = client.subscribe('subscription { chat(room: "a") { number } }');
      await eventually(async () => (await redis.primary.cli('PUBSUB', 'NUMSUB', 'chat.a')).endsWith('1'), PATIENCE);
      await publish(gateway, 'Job', 'a', 0);
      await publish(gateway, 'Chat', 'a', 0);
      await eventually(() => job.results.length === 1 && chat.results.length === 1, PATIENCE);
      await redis.primary.cli('WAIT', '1', '0');
      await redis.primary.kill();
      await eventually(async () => (await redis.replica.cli('ROLE')).startsWith('master'), PATIENCE);
      await publish(gateway, 'Job', 'a', 1);
      await eventually(async () => (await redis.replica.cli('PUBSUB', 'NUMSUB', 'chat.a')).endsWith('1'), PATIENCE);
      await publish(gateway, 'Chat', 'a', 1);
      await eventually(() => job.results.length === 2 && chat.results.length === 2, PATIENCE);
      assert.deepEqual(
        [numbersOf(job, 'job'), numbersOf(chat, 'chat')],
        [
          [0, 1],
          [0, 1],
        ],
      );
      assert.ok(chat.results[1]?.extensions?.['gap'], 'the gap is told');
      await eventually(async () => (await gateway.admin('/healthz')).status === 200, PATIENCE);
    } finally {
      await client.close();
      await gateway.stop();
      await redis.stop();
    }
  });
});
