import { createKafkaBroker } from '../../../src/broker/kafka/broker.ts';
import type { KafkaBrokerConfig } from '../../../src/broker/kafka/config.ts';
import type { DurablePolicy, Topic } from '../../../src/routing/topic.ts';
import { startKafkaServer } from '../../support/kafka-server.ts';
import type { AdapterUnderTest } from '../adapter-under-test.ts';
import { testEnvironment } from '../environment.ts';
import { isProduceRequest } from '../kafka/produce-request.ts';
import { SecondClient } from '../kafka/second-client.ts';
import { durableTopics, keyOf } from '../topics.ts';

export const kafkaAdapter: AdapterUnderTest = {
  name: 'kafka',
  delivery: 'DURABLE',
  topics: durableTopics,
  publishDeadlineMs: 10_000,
  async start() {
    const server = await startKafkaServer({ proxy: true });
    const client = new SecondClient(server.brokers);
    const config = (
      brokers: string,
    ): Omit<KafkaBrokerConfig, 'brokers' | 'tls' | 'sasl'> & { readonly brokers: string[] } => ({
      brokers: [brokers],
      createTopics: true,
      weakDurability: 'warn',
      firstContactMs: 1_500,
    });
    return {
      create: (environment) => createKafkaBroker(config(server.brokers), testEnvironment(durableTopics, environment)),
      child: {
        module: new URL('../../../src/broker/kafka/broker.ts', import.meta.url).href,
        factory: 'createKafkaBroker',
        config: { ...config(server.brokers) },
      },
      restart: { can: true, stop: () => server.kill(), start: () => server.restart(), keepsAcknowledged: true },
      proxy: {
        can: true,
        create: (environment) => createKafkaBroker(config(server.proxied), testEnvironment(durableTopics, environment)),
        async eatAcknowledgement() {
          return { happened: server.proxy.eatReplyTo(isProduceRequest) };
        },
        async cut() {
          server.proxy.cut();
        },
        async stall() {
          server.proxy.stall();
          return async () => server.proxy.flow();
        },
      },
      foreign: {
        can: true,
        async publish(topic, _instance, key, value) {
          await client.write(kafkaTopic(topic), key, value);
        },
      },
      readBack: {
        can: true,
        async records(topic, instance) {
          const key = keyOf(topic, instance);
          const all = await client.readAll(kafkaTopic(topic));
          return all.filter((record) => record.key === key);
        },
      },
      history: {
        can: true,
        reopen: (environment) => createKafkaBroker(config(server.brokers), testEnvironment(durableTopics, environment)),
        async trim(topic, instance, keep) {
          const name = kafkaTopic(topic);
          const key = keyOf(topic, instance);
          const own = (await client.readAll(name)).filter((record) => record.key === key);
          const newest = own.at(-1);
          if (newest === undefined || own.length <= keep) return;
          const firstKept = own[own.length - keep]?.offset ?? newest.offset + 1n;
          await client.deleteRecords(name, newest.partition, firstKept);
        },
        async recreate(topic, instance, values) {
          const name = kafkaTopic(topic);
          await client.recreate(name, (topic.policy as DurablePolicy).partitions ?? 1);
          for (const value of values) await client.write(name, keyOf(topic, instance), Buffer.from(value));
        },
        recreateUnderBroker: { can: true },
        beyondEnd: 'truncated',
      },
      subscriptions: { can: false, why: 'Kafka does not count readers without a consumer group' },
      attributes: { can: true },
      tooLarge: { can: true, valueBytes: 3 * 1024 * 1024 },
      async stop() {
        await client.close();
        await server.stop();
      },
    };
  },
};

function kafkaTopic(topic: Topic): string {
  return (topic.policy as DurablePolicy).kafkaTopic;
}
