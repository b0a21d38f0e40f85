import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Logger } from '../../../src/log/logger.ts';
import { eventually } from '../../support/eventually.ts';
import { type KafkaServer, startKafkaServer } from '../../support/kafka-server.ts';
import { durableTopic, kafkaBroker, publishTo } from './kafka-fixture.ts';

describe('verification of topics on a real Kafka', { concurrency: false }, () => {
  let server: KafkaServer;

  before(
    async () => {
      server = await startKafkaServer();
      await server.topics('--create', '--topic', 'two', '--partitions', '2');
    },
    { timeout: 180_000 },
  );
  after(async () => {
    await server?.stop();
  });

  test('a missing topic is a problem with its fix; once it is there all goes on without a restart', async () => {
    const missing = durableTopic('missing', { partitions: 3, retentionMs: 86_400_000 });
    const broker = kafkaBroker(server.brokers, [missing], { createTopics: false });
    try {
      const report = await broker.open();
      assert.equal(report.contacted, true);
      assert.equal(report.problems.length, 1);
      const [problem] = report.problems;
      assert.match(problem ?? '', /topic missing does not exist/);
      assert.match(problem ?? '', /--create-topics/);
      assert.match(
        problem ?? '',
        /kafka-topics\.sh .*--create --topic missing --partitions 3 .*retention\.ms=86400000/,
      );
      assert.equal(broker.status().type, 'down');
      assert.equal((await publishTo(broker, missing, 'a', '{}')).type, 'unavailable');
      await server.topics('--create', '--topic', 'missing', '--partitions', '3');
      await eventually(() => broker.status().type === 'up', { deadlineMs: 60_000, what: 'the status to be up' });
      assert.equal((await publishTo(broker, missing, 'a', '{}')).type, 'acknowledged');
    } finally {
      await broker.close();
    }
  });

  test('a topic of ours is created as its policy says', async () => {
    const created = durableTopic('created', { partitions: 4, retentionMs: 3_600_000 });
    const broker = kafkaBroker(server.brokers, [created]);
    try {
      assert.deepEqual(await broker.open(), { contacted: true, problems: [] });
      const description = await server.topics('--describe', '--topic', 'created');
      assert.match(description, /PartitionCount: 4/);
      assert.match(description, /retention\.ms=3600000/);
    } finally {
      await broker.close();
    }
  });

  test('another number of partitions than the schema says is a problem, in both directions', async () => {
    for (const [partitions, fix] of [
      [3, /--alter --topic two --partitions 3/],
      [1, /partitions: 2/],
    ] as const) {
      const broker = kafkaBroker(server.brokers, [durableTopic('two', { partitions })]);
      try {
        const { problems } = await broker.open();
        assert.equal(problems.length, 1);
        assert.match(problems[0] ?? '', fix);
      } finally {
        await broker.close();
      }
    }
  });

  test('a topic that could lose acknowledged events is refused, or one line in the log', async () => {
    const two = durableTopic('two');
    const refusing = kafkaBroker(server.brokers, [two], { weakDurability: 'refuse' });
    const lines: string[] = [];
    const log: Logger = { info() {}, warn: (line) => lines.push(line), error() {} };
    const warning = kafkaBroker(server.brokers, [two], { weakDurability: 'warn' }, log);
    try {
      const { problems } = await refusing.open();
      assert.equal(problems.length, 2);
      assert.match(problems[0] ?? '', /two is held by 1 broker/);
      assert.match(problems[1] ?? '', /min\.insync\.replicas=2/);
      assert.equal(refusing.status().type, 'down');
      assert.deepEqual(await warning.open(), { contacted: true, problems: [] });
      assert.equal(lines.filter((line) => line.includes('could lose acknowledged events')).length, 2);
      assert.equal(warning.status().type, 'up');
    } finally {
      await Promise.all([refusing.close(), warning.close()]);
    }
  });

  test('an address that cannot be read is an error at once', () => {
    assert.throws(() => kafkaBroker('kafka', []), /"kafka" is not the address of a Kafka broker; write host:port/);
    assert.throws(() => kafkaBroker('kafka:99999', []), /not the address/);
  });
});
