import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { Kafka, logLevel } from 'kafkajs';
import { eventually } from '../support/eventually.ts';
import { request, type Subscription, subscribe } from '../support/graphql-client.ts';
import { type KafkaServer, startKafkaServer } from '../support/kafka-server.ts';
import { type RunningGateway, startTestGateway } from './running-gateway.ts';

const SDL = `
type Order @topic(name: "orders.{customerId}", delivery: DURABLE, partitions: 6, wildcard: true) {
  id: ID!  customerId: ID!
}
`;
const PARTITIONS = 6;
const CUSTOMERS = ['anna', 'björn', 'c-3', 'd', 'e', 'f'];

describe('Kafka records of producers that know nothing of Sluice', () => {
  let folder: string;
  let kafka: KafkaServer;
  let gateway: RunningGateway;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-foreign-'));
    await writeFile(join(folder, 'schema.graphql'), SDL);
    kafka = await startKafkaServer();
    gateway = await startTestGateway({
      schemaFile: join(folder, 'schema.graphql'),
      kafka: { brokers: [kafka.brokers] },
      createTopics: true,
    });
  });
  after(async () => {
    await gateway?.stop();
    await kafka?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('a record with a foreign key, placed by a CRC32 partitioner, reaches the right subscribers and only them', async () => {
    const subscriptions = new Map<string, Subscription>(
      CUSTOMERS.map((customerId) => [
        customerId,
        subscribe(gateway.url, `subscription { order(customerId: ${JSON.stringify(customerId)}) { id customerId } }`),
      ]),
    );
    const client = new Kafka({ brokers: [kafka.brokers], logLevel: logLevel.NOTHING });
    const producer = client.producer();
    try {
      await producer.connect();
      const all = subscribe(gateway.url, 'subscription { order { id } }');
      await eventually(async () => {
        await request(gateway.url, 'mutation { publishOrder(event: { id: "probe", customerId: "probe" }) { offset } }');
        return all.results.length > 0;
      });
      await all.end();
      const used = new Set<number>();
      for (let number = 0; number < 60; number += 1) {
        const customerId = CUSTOMERS[number % CUSTOMERS.length] ?? '';
        // A key of the producer's own, and its own idea of where a key belongs.
        const key = `invoice-${number}`;
        const partition = crc32(key) % PARTITIONS;
        used.add(partition);
        const value = JSON.stringify({ id: String(number), customerId });
        await producer.send({ topic: 'orders', messages: [{ key, value, partition }] });
      }
      assert.ok(used.size >= 5, 'the records lie on several partitions');
      for (const [index, customerId] of CUSTOMERS.entries()) {
        const subscription = subscriptions.get(customerId);
        assert.ok(subscription !== undefined);
        await eventually(() => subscription.results.length >= 10, { what: `the orders of ${customerId}` });
        const ids = subscription.results.map((result) =>
          Number((result.data?.['order'] as { id: string } | undefined)?.id),
        );
        assert.deepEqual(
          ids.sort((a, b) => a - b),
          Array.from({ length: 10 }, (_, round) => round * CUSTOMERS.length + index),
        );
      }
    } finally {
      await producer.disconnect();
      await Promise.all([...subscriptions.values()].map((subscription) => subscription.end()));
    }
  });
});
