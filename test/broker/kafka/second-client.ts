import { randomUUID } from 'node:crypto';
import { type Admin, CompressionTypes, Kafka, logLevel, type Producer, type RecordMetadata } from 'kafkajs';
import { eventually } from '../../support/eventually.ts';
import type { StoredRecord } from '../adapter-under-test.ts';

/** A record with its place, as the second client read it. */
export interface PlacedRecord extends StoredRecord {
  readonly partition: number;
  readonly offset: bigint;
}

/** kafkajs, which shares no code with the client under test: the foreign service of the tests, and their reader of the truth. */
export class SecondClient {
  readonly #kafka: Kafka;
  #producer: Promise<Producer> | undefined;

  constructor(brokers: string) {
    this.#kafka = new Kafka({ clientId: 'foreign', brokers: [brokers], logLevel: logLevel.NOTHING });
  }

  /** Resolves when all in-sync replicas hold it. Without a partition, kafkajs's own partitioner chooses. */
  async write(
    topic: string,
    key: string | undefined,
    value: Buffer | null,
    { partition, gzip = false }: { readonly partition?: number; readonly gzip?: boolean } = {},
  ): Promise<RecordMetadata | undefined> {
    this.#producer ??= this.#connect();
    const producer = await this.#producer;
    const [stored] = await producer.send({
      topic,
      acks: -1,
      compression: gzip ? CompressionTypes.GZIP : CompressionTypes.None,
      messages: [{ key: key ?? null, value, ...(partition === undefined ? {} : { partition }) }],
    });
    return stored;
  }

  /** Everything committed that the topic holds now, in the order of each partition. */
  async readAll(topic: string): Promise<readonly PlacedRecord[]> {
    const admin = this.#kafka.admin();
    await admin.connect();
    const ends = await admin.fetchTopicOffsets(topic);
    await admin.disconnect();
    const left = new Map(
      ends
        .filter(({ low, high }) => BigInt(high) > BigInt(low))
        .map(({ partition, high }) => [partition, BigInt(high) - 1n]),
    );
    const records: PlacedRecord[] = [];
    if (left.size === 0) return records;
    const consumer = this.#kafka.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 200, retry: { retries: 10 } });
    const done = Promise.withResolvers<void>();
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        async eachBatch({ batch }) {
          for (const { key, value, headers, offset } of batch.messages) {
            const attributes = new Map<string, string>();
            for (const [name, text] of Object.entries(headers ?? {})) {
              if (name.startsWith('ce_')) attributes.set(name.slice(3), String(text));
            }
            records.push({
              key: key?.toString(),
              value,
              attributes,
              partition: batch.partition,
              offset: BigInt(offset),
            });
          }
          const end = left.get(batch.partition);
          if (end !== undefined && BigInt(batch.lastOffset()) >= end) left.delete(batch.partition);
          if (left.size === 0) done.resolve();
        },
      });
      await done.promise;
    } finally {
      await consumer.disconnect();
    }
    return records;
  }

  /** A transactional producer. The caller disconnects it. */
  async transactional(transactionalId: string): Promise<Producer> {
    const producer = this.#kafka.producer({ transactionalId, maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    return producer;
  }

  /** Removes the records below an offset, as retention does. */
  async deleteRecords(topic: string, partition: number, offset: bigint): Promise<void> {
    const admin = this.#kafka.admin();
    await admin.connect();
    // kafkajs knows the leaders of topics only that it was asked about before.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
    await admin.disconnect();
  }

  /** Deletes a topic and makes it anew under the same name. Resolves when the new one can be written to. */
  async recreate(topic: string, partitions: number): Promise<void> {
    const admin = this.#kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [topic] });
    // Not waiting for leaders: a call that made the topic and failed at that would find, the next time, that there is one already.
    await eventually(
      () =>
        admin
          .createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: partitions }] })
          .catch(() => false),
      { deadlineMs: 60_000, what: `topic ${topic} being made anew` },
    );
    await eventually(() => this.#hasLeaders(admin, topic), { deadlineMs: 60_000, what: `leaders of ${topic}` });
    await admin.disconnect();
  }

  /** Lets the producer go; the next write makes another one. */
  async close(): Promise<void> {
    const producer = await this.#producer?.catch(() => undefined);
    this.#producer = undefined;
    await producer?.disconnect();
  }

  async #hasLeaders(admin: Admin, topic: string): Promise<boolean> {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] }).catch(() => ({ topics: [] }));
    return topics.length > 0 && topics.every((found) => found.partitions.every(({ leader }) => leader >= 0));
  }

  async #connect(): Promise<Producer> {
    const producer = this.#kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    return producer;
  }
}
