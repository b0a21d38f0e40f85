import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCaptured } from './captured-io.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder({
  's.graphql': `
    type Tick @topic(name: "ticks.{symbol}", delivery: EPHEMERAL) { symbol: ID! }
    type Step @topic(name: "steps.{run}", delivery: BUFFERED) { run: ID! }
    type Order @topic(name: "orders.{customer}", delivery: DURABLE, partitions: 6) { customer: ID! }
  `,
});
const schema = ['acl', '--schema', 's.graphql'];

test('Redis: keys and channels are those of the topics below the prefix, and no command is there that no topic needs', async () => {
  const words = [...schema, '--redis-url', 'redis://app@r', '--redis-prefix', 'staging.'];
  const { code, stdout, stderr } = await runCaptured(words, { folder });
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^redis-cli ACL SETUSER app on '>PASSWORD' resetkeys resetchannels /m);
  for (const rule of ['~staging.steps.*', '&staging.ticks.*', '~staging.sluice:{staging.steps.*}', '-@all']) {
    assert.ok(stdout.includes(rule), rule);
  }
  assert.ok(!/\+@|\+config|\+keys|\+cluster|\+role|~\*|&\*/.test(stdout), stdout);
});

test('a Cluster is asked for its slots, and Sentinels lead to a node that is asked for its role', async () => {
  const cluster = await runCaptured([...schema, '--redis-cluster', 'a:1'], { folder });
  assert.match(cluster.stdout, /\+cluster\|slots/);
  const watched = await runCaptured([...schema, '--redis-sentinels', 'a:1'], { folder });
  assert.match(watched.stdout, /\+role/);
});

test('Kafka: the topics below the prefix; creating them is allowed only where they are created', async () => {
  const words = [...schema, '--kafka-brokers', 'k:9092', '--kafka-topic-prefix', 'staging.'];
  const { stdout } = await runCaptured(words, { folder });
  assert.match(
    stdout,
    /^kafka-acls\.sh --bootstrap-server k:9092 --add --allow-principal User:sluice --operation Describe --operation DescribeConfigs --operation Read --operation Write --topic staging\.orders$/m,
  );
  assert.match((await runCaptured([...words, '--create-topics'], { folder })).stdout, /--operation Create/);
});

test('without a broker there is nothing to print', async () => {
  assert.equal((await runCaptured(schema, { folder })).code, 2);
});
