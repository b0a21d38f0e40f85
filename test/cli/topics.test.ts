import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCaptured } from './captured-io.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder({
  's.graphql': `
    type Tick @topic(name: "ticks.{symbol}", delivery: EPHEMERAL) { symbol: ID! }
    type Step @topic(name: "steps.{run}", delivery: BUFFERED, retention: "90s", maxEvents: 50) { run: ID! }
    type Order @topic(name: "orders.{customer}", delivery: DURABLE, retention: "30d", partitions: 6) { customer: ID! }
  `,
});

test('the table says for each topic its broker, its name there, its partitions and its retention', async () => {
  const words = ['topics', '--schema', 's.graphql', '--redis-url', 'redis://r', '--kafka-brokers', 'k:9092'];
  const { code, stdout, stderr } = await runCaptured(words, { folder });
  assert.deepEqual([code, stderr], [0, '']);
  assert.deepEqual(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
    [
      ['TOPIC', 'TYPE', 'DELIVERY', 'BROKER', 'CHANNEL, STREAM OR KAFKA TOPIC', 'PARTITIONS', 'RETENTION'],
      ['ticks.{symbol}', 'Tick', 'EPHEMERAL', 'redis-pubsub', 'ticks.*', '-', '-'],
      ['steps.{run}', 'Step', 'BUFFERED', 'redis-streams', 'steps.*', '-', '90s, 50 events'],
      ['orders.{customer}', 'Order', 'DURABLE', 'kafka', 'orders', '6', '30d'],
    ],
  );
});

test('without brokers the topics are embedded', async () => {
  const { stdout } = await runCaptured(['topics', '--schema', 's.graphql', '--json'], { folder });
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { topic: string; broker: string });
  assert.deepEqual(
    rows.map(({ topic, broker }) => [topic, broker]),
    [
      ['ticks.{symbol}', 'memory'],
      ['steps.{run}', 'sqlite'],
      ['orders.{customer}', 'sqlite'],
    ],
  );
});
