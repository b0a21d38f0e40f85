import type { BrokerEnvironment } from '../../../src/broker/environment.ts';
import type { PublishOutcome } from '../../../src/broker/outcome.ts';
import type { Broker } from '../../../src/broker/port.ts';
import type { RedisBrokerConfig } from '../../../src/broker/redis/redis-config.ts';
import type { Topic, TopicInstance } from '../../../src/routing/topic.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { type RedisServer, startRedisServer } from '../../support/redis-server.ts';
import type { ContractTopics } from '../adapter-under-test.ts';
import { Collector } from '../collector.ts';
import { testEnvironment } from '../environment.ts';
import { instanceOf } from '../topics.ts';

/** A Redis, a proxy before it, and an open broker that goes through the proxy. Given back by `await using`. */
export interface RedisRow extends AsyncDisposable {
  readonly server: RedisServer;
  readonly proxy: FaultProxy;
  readonly broker: Broker;
  readonly topic: Topic;
  instance(value: string): TopicInstance;
  /** A tail that is attached. */
  tail(instance: TopicInstance | undefined, topic?: Topic): Promise<Collector>;
  publish(instance: TopicInstance, value: string, topic?: Topic): Promise<PublishOutcome>;
}

export interface RedisRowOptions {
  readonly args?: readonly string[];
  readonly environment?: Partial<BrokerEnvironment>;
  readonly config?: Partial<RedisBrokerConfig>;
  readonly topic?: Topic;
}

export async function startRedisRow(
  create: (config: RedisBrokerConfig, environment: BrokerEnvironment) => Broker,
  topics: ContractTopics,
  options: RedisRowOptions = {},
): Promise<RedisRow> {
  const server = await startRedisServer({ args: options.args ?? [] });
  const proxy = await startFaultProxy({ host: '127.0.0.1', port: server.port });
  const broker = create(
    { url: `redis://127.0.0.1:${proxy.port}`, ...options.config },
    testEnvironment(topics, options.environment),
  );
  const topic = options.topic ?? topics.parameter;
  const report = await broker.open();
  if (!report.contacted) throw new Error(`Redis was not contacted: ${JSON.stringify(broker.status())}`);
  return {
    server,
    proxy,
    broker,
    topic,
    instance: (value) => instanceOf(topic, value),
    async tail(instance, of = topic) {
      const collector = new Collector();
      collector.tail = broker.tail(broker.stream(of, instance), collector);
      await collector.tail.attached;
      return collector;
    },
    publish: (instance, value, of = topic) =>
      broker.publish({ topic: of, instance, key: undefined, value, attributes: new Map() }),
    async [Symbol.asyncDispose]() {
      await broker.close(1_000);
      await proxy.close();
      await server.stop();
    },
  };
}

/** The entries of a stream as redis-cli reads them, oldest first: id and the text of `data`. */
export async function entriesOf(server: RedisServer, key: string): Promise<{ id: string; data: string | undefined }[]> {
  const entries = JSON.parse(await server.cli('--json', 'XRANGE', key, '-', '+')) as [string, string[]][];
  return entries.map(([id, fields]) => {
    const at = fields.indexOf('data');
    return { id, data: at < 0 ? undefined : fields[at + 1] };
  });
}
