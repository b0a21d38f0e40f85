import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { KafkaError } from '../../../src/broker/kafka/error-code.ts';
import { KafkaLink } from '../../../src/broker/kafka/link.ts';
import { kafkaMessage } from '../../../src/broker/kafka/message.ts';
import { initProducerIdRequest, produceRequest } from '../../../src/broker/kafka/requests.ts';
import type { BatchIdentity } from '../../../src/broker/kafka/write-batch.ts';
import { eventually } from '../../support/eventually.ts';
import { type KafkaServer, startKafkaServer } from '../../support/kafka-server.ts';
import { attachedTail, durableTopic, openKafkaBroker, publishTo } from './kafka-fixture.ts';
import { SecondClient } from './second-client.ts';

const order = durableTopic('order', { partitions: 1 });
const stalled = durableTopic('stalled', { partitions: 1 });
const recreated = durableTopic('recreated', { partitions: 2 });
const trimmed = durableTopic('trimmed', { partitions: 1 });
const grown = durableTopic('grown');

describe('faults of a real Kafka', { concurrency: false }, () => {
  let server: KafkaServer;
  let client: SecondClient;

  before(
    async () => {
      server = await startKafkaServer({ proxy: true });
      client = new SecondClient(server.brokers);
    },
    { timeout: 180_000 },
  );
  after(async () => {
    await client?.close();
    await server?.stop();
  });

  const texts = async (topic: string) => (await client.readAll(topic)).map(({ value }) => String(value));

  test('F9: with the link refused a publish is unavailable by its deadline, and those after it keep their order', async () => {
    const broker = await openKafkaBroker(server.proxied, [order], { publishDeadlineMs: 1_500 });
    try {
      assert.equal((await publishTo(broker, order, 'a', '{"n":0}')).type, 'acknowledged');
      server.proxy.refuse();
      server.proxy.cut();
      await eventually(() => broker.status().type === 'down', { what: 'J7: a lost Kafka is down' });
      const refused = await publishTo(broker, order, 'a', '{"refused":true}');
      assert.equal(refused.type, 'unavailable');
      const waiting = [1, 2, 3].map((n) => publishTo(broker, order, 'a', JSON.stringify({ n })));
      server.proxy.accept();
      const outcomes = await Promise.all(waiting);
      assert.deepEqual(
        outcomes.map((outcome) => outcome.type),
        ['acknowledged', 'acknowledged', 'acknowledged'],
      );
      assert.deepEqual(await texts('order'), ['{"n":0}', '{"n":1}', '{"n":2}', '{"n":3}']);
      await eventually(() => broker.status().type === 'up', { what: 'J7: Kafka is up again' });
    } finally {
      server.proxy.accept();
      await broker.close();
    }
  });

  test('F11: a batch that was given up lands in its place or not at all, never behind later ones, never twice', async () => {
    const broker = await openKafkaBroker(server.proxied, [stalled], { publishDeadlineMs: 1_000 });
    try {
      const settled = new Map<string, string>();
      for (let round = 0; round < 4; round++) {
        const next = async (value: string): Promise<void> => {
          settled.set(value, (await publishTo(broker, stalled, 'a', value)).type);
        };
        await eventually(async () => {
          const outcome = await publishTo(broker, stalled, 'a', '{"ready":true}');
          return outcome.type === 'acknowledged';
        });
        server.proxy.stall();
        await next(`{"n":${round * 2}}`);
        server.proxy.flow();
        await next(`{"n":${round * 2 + 1}}`);
        assert.equal(settled.get(`{"n":${round * 2}}`), 'indeterminate');
      }
      const stored = (await texts('stalled')).filter((value) => value !== '{"ready":true}');
      assert.equal(new Set(stored).size, stored.length, `no copy: ${stored}`);
      assert.deepEqual(
        stored,
        [...stored].sort((a, b) => JSON.parse(a).n - JSON.parse(b).n),
      );
      for (const [value, outcome] of settled) {
        if (outcome === 'acknowledged') assert.ok(stored.includes(value), `${value} was acknowledged`);
        if (outcome === 'unavailable') assert.ok(!stored.includes(value), `${value} was unavailable`);
      }
    } finally {
      server.proxy.flow();
      await broker.close();
    }
  });

  test('Kafka itself refuses a batch of an older epoch once a newer one is in the log, which is what the lanes build on', async () => {
    await server.topics('--create', '--topic', 'fenced', '--partitions', '1');
    const address = { host: '127.0.0.1', port: server.port };
    const options = { clientId: 'test', requestTimeoutMs: 20_000, security: { tls: undefined, sasl: undefined } };
    const link = await KafkaLink.open(address, options, new AbortController().signal);
    try {
      const { producerId, producerEpoch } = await link.request(initProducerIdRequest());
      const write = async (value: string, identity: Omit<BatchIdentity, 'producerId'>): Promise<number> => {
        const request = { topic: order, instance: 'order.a' as never, key: 'a', value, attributes: new Map() };
        const message = kafkaMessage(request, { topic: 'fenced', partition: 0 }, Date.now());
        const answer = await eventually(async () => {
          const { responses } = await link.request(produceRequest('fenced', 0, [message], { producerId, ...identity }));
          const [partition] = responses[0]?.partitionResponses ?? [];
          return partition?.errorCode === KafkaError.UNKNOWN_TOPIC_OR_PARTITION ? undefined : partition;
        });
        return answer.errorCode;
      };
      assert.equal(await write('{"n":0}', { producerEpoch, firstSequence: 0 }), KafkaError.NONE);
      // {"n":1} of the old epoch is still under way here.
      assert.equal(await write('{"n":2}', { producerEpoch: producerEpoch + 1, firstSequence: 0 }), KafkaError.NONE);
      const late = await write('{"n":1}', { producerEpoch, firstSequence: 1 });
      assert.equal(late, KafkaError.INVALID_PRODUCER_EPOCH);
      assert.deepEqual(await texts('fenced'), ['{"n":0}', '{"n":2}']);
    } finally {
      link.close();
    }
  });

  test('F14: deleting and re-creating a topic ends its tails as recreated, and publishes go to the new one', async () => {
    const broker = await openKafkaBroker(server.brokers, [recreated]);
    try {
      const collector = await attachedTail(broker, recreated);
      for (const n of [0, 1, 2]) await publishTo(broker, recreated, `${n}`, JSON.stringify({ n }));
      await collector.sees('{"n":2}');
      await server.topics('--delete', '--topic', 'recreated');
      await server.topics('--create', '--topic', 'recreated', '--partitions', '2');
      await eventually(() => collector.ends.length > 0, { deadlineMs: 60_000, what: 'the tail to end' });
      assert.deepEqual(collector.ends, ['recreated']);
      assert.equal(broker.tailCount(), 0);
      const again = await attachedTail(broker, recreated);
      await eventually(async () => (await publishTo(broker, recreated, 'a', '{"new":true}')).type === 'acknowledged', {
        deadlineMs: 60_000,
      });
      await again.sees('{"new":true}');
      await eventually(() => broker.status().type === 'up', { what: 'the status to be up again' });
    } finally {
      await broker.close();
    }
  });

  test('F15: records deleted before a tail could read them end it as trimmed, without a jump in silence', async () => {
    const broker = await openKafkaBroker(server.proxied, [trimmed]);
    try {
      const collector = await attachedTail(broker, trimmed);
      server.proxy.stall();
      for (const n of [0, 1, 2, 3]) await client.write('trimmed', 'a', Buffer.from(JSON.stringify({ n })));
      await client.deleteRecords('trimmed', 0, 3n);
      server.proxy.cut();
      server.proxy.flow();
      await eventually(() => collector.ends.length > 0, { deadlineMs: 60_000, what: 'the tail to end' });
      assert.deepEqual(collector.ends, ['trimmed']);
      assert.deepEqual(collector.texts(), []);
    } finally {
      server.proxy.flow();
      await broker.close();
    }
  });

  test('F17: partitions that were added are read from their beginning', async () => {
    const broker = await openKafkaBroker(server.proxied, [grown]);
    try {
      const collector = await attachedTail(broker, grown);
      assert.equal(broker.tailCount(), 1);
      await server.topics('--alter', '--topic', 'grown', '--partitions', '3');
      await client.write('grown', 'new', Buffer.from('{"new":"before anyone knew"}'), { partition: 2 });
      assert.deepEqual(collector.texts(), []);
      // Not to wait for the half minute after which topics are looked at anyway.
      server.proxy.cut();
      await collector.sees('{"new":"before anyone knew"}');
      assert.equal(broker.tailCount(), 3);
    } finally {
      await broker.close();
    }
  });
});
