import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { redisAclRules } from '../../src/cli/redis-acl.ts';
import { loadSchema } from '../../src/schema/load-schema.ts';
import { temporaryFolder } from '../cli/temporary-folder.ts';
import { eventually } from '../support/eventually.ts';
import { request } from '../support/graphql-client.ts';
import { MultiplexedClient } from '../support/multiplexed-client.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { startTestGateway } from './running-gateway.ts';

const SCHEMA = `
type Chat @topic(name: "chat.{room}", delivery: EPHEMERAL, wildcard: true) { room: ID!  number: Int! }
type Job @topic(name: "jobs.{room}", delivery: BUFFERED, maxEvents: 10) { room: ID!  number: Int! }
`;
const PATIENCE = { deadlineMs: 60_000 };

describe('the user of sluice acl', () => {
  it('everything works with exactly these rights, on a Redis without CONFIG; nothing was refused but that', async () => {
    const folder = temporaryFolder({ 'schema.graphql': SCHEMA });
    const schemaFile = `${folder}/schema.graphql`;
    const redis = await startRedisServer();
    const config = { url: redis.url, username: 'sluice', password: 's3cret', prefix: 'staging.' };
    const { topics } = loadSchema({ file: 'schema.graphql', text: readFileSync(schemaFile, 'utf8') });
    const rules = redisAclRules(
      topics.map(({ topic }) => topic),
      config,
    );
    await redis.cli('ACL', 'SETUSER', 'sluice', 'on', '>s3cret', ...rules);
    const gateway = await startTestGateway({ schemaFile, redis: config });
    const client = await MultiplexedClient.connect(gateway.url);
    try {
      assert.equal((await gateway.admin('/healthz')).status, 200);
      const one = client.subscribe('subscription { chat(room: "a") { number } }');
      const all = client.subscribe('subscription { chat { number } }');
      const job = client.subscribe('subscription { job(room: "a") { number } }');
      await eventually(async () => (await redis.cli('PUBSUB', 'NUMPAT')) === '1', PATIENCE);
      await eventually(async () => (await redis.cli('PUBSUB', 'CHANNELS')).split('\n').length === 2, PATIENCE);
      for (let number = 0; number < 3; number += 1) {
        for (const type of ['Chat', 'Job']) {
          const { errors } = await request(
            gateway.url,
            `mutation { publish${type}(event: { room: "a", number: ${number} }) { topic } }`,
          );
          assert.equal(errors, undefined, JSON.stringify(errors));
        }
      }
      await redis.cli('XADD', 'staging.jobs.a', '*', 'data', '{"room":"a","number":3}');
      await eventually(
        () => one.results.length === 3 && all.results.length === 3 && job.results.length === 4,
        PATIENCE,
      );
      const replay = client.subscribe('subscription { job(room: "a", from: { last: 2 }) { number } }');
      await eventually(() => replay.results.length === 2, PATIENCE);
      const since = `"${new Date(Date.now() - 3_600_000).toISOString()}"`;
      for (const page of ['first: 2', 'last: 2', `first: 9, since: ${since}`]) {
        const { errors } = await request(gateway.url, `{ jobHistory(room: "a", ${page}) { edges { cursor } } }`);
        assert.equal(errors, undefined, JSON.stringify(errors));
      }
      const refused = JSON.parse(await redis.cli('--json', 'ACL', 'LOG')) as readonly { readonly object: string }[];
      assert.deepEqual([...new Set(refused.map(({ object }) => object))], ['config|get']);
    } finally {
      await client.close();
      await gateway.stop();
      await redis.stop();
    }
  });
});
