import type { BrokerName } from '../../src/broker/port.ts';
import type { AdapterUnderTest } from './adapter-under-test.ts';
import { kafkaAdapter } from './adapters/kafka.ts';
import { memoryAdapter } from './adapters/memory.ts';
import { redisPubSubAdapter } from './adapters/redis-pubsub.ts';
import { redisStreamsAdapter } from './adapters/redis-streams.ts';
import { sqliteBufferedAdapter, sqliteDurableAdapter } from './adapters/sqlite.ts';

/** The rows of the broker contract: a new adapter does not compile until it has one. Each is run by `contract/<name>.test.ts`. */
export const adaptersUnderTest: Readonly<Record<BrokerName, readonly [AdapterUnderTest, ...AdapterUnderTest[]]>> = {
  memory: [memoryAdapter],
  sqlite: [sqliteBufferedAdapter, sqliteDurableAdapter],
  'redis-pubsub': [redisPubSubAdapter],
  'redis-streams': [redisStreamsAdapter],
  kafka: [kafkaAdapter],
};
