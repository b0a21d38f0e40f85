import { createRedisPubSubBroker } from '../../../src/broker/redis-pubsub/broker.ts';
import type { AdapterUnderTest } from '../adapter-under-test.ts';
import { ephemeralTopics } from '../topics.ts';
import { startRedisUnderTest } from './redis-server-under-test.ts';

export const redisPubSubAdapter: AdapterUnderTest = {
  name: 'redis-pubsub',
  delivery: 'EPHEMERAL',
  topics: ephemeralTopics,
  publishDeadlineMs: 5_000,
  start: () =>
    startRedisUnderTest({
      factory: 'createRedisPubSubBroker',
      module: new URL('../../../src/broker/redis-pubsub/broker.ts', import.meta.url).href,
      create: createRedisPubSubBroker,
      topics: ephemeralTopics,
      args: [],
      keepsAcknowledged: false,
      publishWord: '$7\r\npublish\r\n',
      foreignCommand: (instance) => ['PUBLISH', instance],
      readBack: () => ({ can: false, why: 'EPHEMERAL keeps nothing' }),
      losses: undefined,
      attributes: { can: false, why: 'Pub/Sub carries the value and nothing else' },
    }),
};
