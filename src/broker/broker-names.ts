import type { Config } from '../config/config.ts';
import type { Delivery } from '../routing/topic.ts';
import type { BrokerName } from './port.ts';

/** Which adapter the configuration puts behind each delivery. */
export function brokerNames({ redis, kafka }: Pick<Config, 'redis' | 'kafka'>): Readonly<Record<Delivery, BrokerName>> {
  return {
    EPHEMERAL: redis === undefined ? 'memory' : 'redis-pubsub',
    BUFFERED: redis === undefined ? 'sqlite' : 'redis-streams',
    DURABLE: kafka === undefined ? 'sqlite' : 'kafka',
  };
}
