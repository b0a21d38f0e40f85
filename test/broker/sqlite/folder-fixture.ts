import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { BrokerEnvironment } from '../../../src/broker/environment.ts';
import type { PublishOutcome } from '../../../src/broker/outcome.ts';
import type { Broker } from '../../../src/broker/port.ts';
import { createSqliteBroker } from '../../../src/broker/sqlite/broker.ts';
import type { SqliteConfig } from '../../../src/broker/sqlite/config.ts';
import type { Topic, TopicInstance } from '../../../src/routing/topic.ts';
import { testEnvironment } from '../environment.ts';
import { durableTopics, keyOf } from '../topics.ts';

const brokers = new WeakMap<TestContext, Broker[]>();

/** An empty folder that is removed after the test, when its brokers are closed. */
export async function temporaryFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-log-'));
  context.after(async () => {
    await Promise.all((brokers.get(context) ?? []).map((broker) => broker.close(2_000)));
    await rm(folder, { recursive: true, force: true });
  });
  return folder;
}

/** A broker in the test's temporary folder; not open, and closed after the test. Knows the DURABLE fixtures unless given others. */
export function logBroker(
  context: TestContext,
  config: SqliteConfig,
  environment: Partial<BrokerEnvironment> = {},
): Broker {
  const broker = createSqliteBroker(config, testEnvironment(durableTopics, environment));
  brokers.set(context, [...(brokers.get(context) ?? []), broker]);
  return broker;
}

export function publish(broker: Broker, topic: Topic, instance: TopicInstance, value: string): Promise<PublishOutcome> {
  return broker.publish({ topic, instance, key: keyOf(topic, instance), value, attributes: new Map() });
}
