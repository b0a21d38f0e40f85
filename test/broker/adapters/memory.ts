import { createMemoryBroker } from '../../../src/broker/memory/broker.ts';
import type { AdapterUnderTest } from '../adapter-under-test.ts';
import { testEnvironment } from '../environment.ts';
import { ephemeralTopics } from '../topics.ts';

const inside = 'its events never leave this process';

export const memoryAdapter: AdapterUnderTest = {
  name: 'memory',
  delivery: 'EPHEMERAL',
  topics: ephemeralTopics,
  publishDeadlineMs: 5_000,
  async start() {
    return {
      create: (environment) => createMemoryBroker(testEnvironment(ephemeralTopics, environment)),
      child: {
        module: new URL('../../../src/broker/memory/broker.ts', import.meta.url).href,
        factory: 'createMemoryBroker',
        config: undefined,
      },
      restart: { can: false, why: `no server: ${inside}` },
      proxy: { can: false, why: `no link: ${inside}` },
      foreign: { can: false, why: `no other writer: ${inside}` },
      readBack: { can: false, why: 'EPHEMERAL keeps nothing' },
      history: { can: false, why: 'EPHEMERAL keeps nothing' },
      subscriptions: { can: false, why: `no server that counts: ${inside}` },
      attributes: { can: false, why: 'EPHEMERAL carries no attributes' },
      tooLarge: { can: false, why: 'has no limit of its own: the operation room refuses what is too large' },
      async stop() {},
    };
  },
};
