import type { BrokerEnvironment } from '../../../src/broker/environment.ts';
import type { Broker } from '../../../src/broker/port.ts';
import type { RedisBrokerConfig } from '../../../src/broker/redis/redis-config.ts';
import { startFaultProxy } from '../../support/fault-proxy.ts';
import { startRedisServer } from '../../support/redis-server.ts';
import type { Capability, ContractTopics, HistoryUnderTest, RunningServer } from '../adapter-under-test.ts';
import { testEnvironment } from '../environment.ts';

/** What the rows of the two Redis adapters differ in. */
export interface RedisRow {
  readonly factory: string;
  /** URL of the adapter's module in src. */
  readonly module: string;
  readonly create: (config: RedisBrokerConfig, environment: BrokerEnvironment) => Broker;
  readonly topics: ContractTopics;
  /** More settings of the server. */
  readonly args: readonly string[];
  readonly keepsAcknowledged: boolean;
  /** A word that stands in the bytes of a publish and in no other request. */
  readonly publishWord: string;
  /** The command by which an existing service writes a value to an instance. */
  readonly foreignCommand: (instance: string) => readonly string[];
  readonly readBack: (cli: Cli) => RunningServer['readBack'];
  readonly attributes: Capability<object>;
  /** Trimming and making anew; undefined where nothing is kept. */
  readonly losses: ((cli: Cli) => Pick<HistoryUnderTest, 'trim' | 'recreate'>) | undefined;
}

/** Runs redis-cli. */
export type Cli = (...args: readonly string[]) => Promise<string>;

/** A real Redis with a fault proxy before it. */
export async function startRedisUnderTest(row: RedisRow): Promise<RunningServer> {
  const server = await startRedisServer({ args: row.args });
  const proxy = await startFaultProxy({ host: '127.0.0.1', port: server.port });
  const config = (url: string): RedisBrokerConfig => ({ url, firstContactMs: 1_500 });
  const through = (url: string) => (environment?: Partial<BrokerEnvironment>) =>
    row.create(config(url), testEnvironment(row.topics, environment));
  return {
    create: through(server.url),
    child: { module: row.module, factory: row.factory, config: { url: server.url, firstContactMs: 1_500 } },
    restart: {
      can: true,
      stop: () => server.kill(),
      start: () => server.restart(),
      keepsAcknowledged: row.keepsAcknowledged,
    },
    proxy: {
      can: true,
      create: through(`redis://127.0.0.1:${proxy.port}`),
      async eatAcknowledgement() {
        return { happened: proxy.eatReplyTo((request) => request.includes(row.publishWord)) };
      },
      async cut() {
        proxy.cut();
      },
      async stall() {
        proxy.stall();
        return async () => proxy.flow();
      },
    },
    foreign: {
      can: true,
      async publish(_topic, instance, _key, value) {
        await server.cliWithInput(value, '-x', ...row.foreignCommand(instance));
      },
    },
    readBack: row.readBack(server.cli),
    history:
      row.losses === undefined
        ? { can: false, why: 'EPHEMERAL keeps nothing' }
        : {
            can: true,
            reopen: through(server.url),
            ...row.losses(server.cli),
            recreateUnderBroker: { can: true },
            beyondEnd: 'truncated',
          },
    subscriptions: {
      can: true,
      async count() {
        const [channels, patterns] = await Promise.all([
          server.cli('PUBSUB', 'CHANNELS'),
          server.cli('PUBSUB', 'NUMPAT'),
        ]);
        return channels.split('\n').filter((line) => line !== '').length + Number(patterns);
      },
    },
    attributes: row.attributes,
    tooLarge: { can: false, why: 'Redis takes values of 512 MiB, more than the operation room ever lets through' },
    async stop() {
      await proxy.close();
      await server.stop();
    },
  };
}
