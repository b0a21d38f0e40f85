import type { Option } from './option.ts';
import { addressListType, choiceType, pathType, prefixType, switchType, wordType } from './value-type.ts';

/** How a Kafka wants its users to prove who they are. */
export type SaslMechanism = 'plain' | 'scram-sha-256' | 'scram-sha-512';

/** How brokers are found and entered, beside `redisUrl` and `kafkaBrokers`. */
export interface BrokerOptionTable {
  readonly redisCluster: Option<readonly string[]>;
  readonly redisSentinels: Option<readonly string[]>;
  readonly redisPrimary: Option<string>;
  readonly redisUsername: Option<string>;
  readonly redisPassword: Option<string>;
  readonly redisSentinelUsername: Option<string>;
  readonly redisSentinelPassword: Option<string>;
  readonly redisTls: Option<boolean>;
  readonly redisTlsCa: Option<string>;
  readonly redisTlsCert: Option<string>;
  readonly redisTlsKey: Option<string>;
  readonly redisPrefix: Option<string>;
  readonly kafkaTls: Option<boolean>;
  readonly kafkaTlsCa: Option<string>;
  readonly kafkaTlsCert: Option<string>;
  readonly kafkaTlsKey: Option<string>;
  readonly kafkaSasl: Option<SaslMechanism>;
  readonly kafkaUsername: Option<string>;
  readonly kafkaPassword: Option<string>;
  readonly kafkaTopicPrefix: Option<string>;
}

const none = { fallback: undefined, fallbackText: 'none' } as const;
const secret = { ...none, secret: true } as const;
const file = pathType('FILE');

/** The rows, in the order in which help lists them. */
export const BROKER_OPTIONS: BrokerOptionTable = {
  redisCluster: {
    ...row('redis', 'cluster', 'redis-cluster', addressListType),
    ...none,
    help: 'In place of --redis-url: some nodes of a Redis Cluster; the others are found through them.',
  },
  redisSentinels: {
    ...row('redis', 'sentinels', 'redis-sentinels', addressListType),
    ...none,
    help: 'In place of --redis-url: the Sentinels that know where the primary is.',
  },
  redisPrimary: {
    ...row('redis', 'primary', 'redis-primary', wordType('NAME')),
    ...none,
    fallbackText: 'mymaster',
    help: 'The name under which the Sentinels know the primary.',
  },
  redisUsername: {
    ...row('redis', 'username', 'redis-username', wordType('NAME')),
    ...none,
    help: 'The user on Redis, where the URL names none.',
  },
  redisPassword: {
    ...row('redis', 'password', 'redis-password', wordType('TEXT')),
    ...secret,
    help: 'The password of the user on Redis. Other users of a machine can read flags, so use the variable.',
  },
  redisSentinelUsername: {
    ...row('redis', 'sentinelUsername', 'redis-sentinel-username', wordType('NAME')),
    ...none,
    help: 'The user on the Sentinels, where they want one.',
  },
  redisSentinelPassword: {
    ...row('redis', 'sentinelPassword', 'redis-sentinel-password', wordType('TEXT')),
    ...secret,
    help: 'The password of the user on the Sentinels.',
  },
  redisTls: {
    ...row('redis', 'tls', 'redis-tls', switchType),
    ...none,
    fallbackText: 'true with a rediss:// URL, else false',
    help: 'TLS towards Redis, its Cluster or its Sentinels.',
  },
  redisTlsCa: {
    ...row('redis', 'tlsCa', 'redis-tls-ca', file),
    ...none,
    fallbackText: 'the authorities that Node.js trusts',
    help: 'Certificates (PEM) of the authorities that may sign for Redis.',
  },
  redisTlsCert: {
    ...row('redis', 'tlsCert', 'redis-tls-cert', file),
    ...none,
    help: 'Certificate (PEM) with which Sluice shows itself to Redis; needs its key.',
  },
  redisTlsKey: {
    ...row('redis', 'tlsKey', 'redis-tls-key', file),
    ...none,
    help: 'Private key (PEM) of that certificate.',
  },
  redisPrefix: {
    ...row('redis', 'prefix', 'redis-prefix', prefixType),
    ...none,
    help: 'Stands before every channel and key, so that several environments can share a Redis: Pub/Sub ignores the number of a database.',
  },
  kafkaTls: {
    ...row('kafka', 'tls', 'kafka-tls', switchType),
    fallback: 'false',
    fallbackText: 'false',
    help: 'TLS towards Kafka.',
  },
  kafkaTlsCa: {
    ...row('kafka', 'tlsCa', 'kafka-tls-ca', file),
    ...none,
    fallbackText: 'the authorities that Node.js trusts',
    help: 'Certificates (PEM) of the authorities that may sign for Kafka.',
  },
  kafkaTlsCert: {
    ...row('kafka', 'tlsCert', 'kafka-tls-cert', file),
    ...none,
    help: 'Certificate (PEM) with which Sluice shows itself to Kafka; needs its key.',
  },
  kafkaTlsKey: {
    ...row('kafka', 'tlsKey', 'kafka-tls-key', file),
    ...none,
    help: 'Private key (PEM) of that certificate.',
  },
  kafkaSasl: {
    ...row('kafka', 'sasl', 'kafka-sasl', choiceType(['plain', 'scram-sha-256', 'scram-sha-512'])),
    ...none,
    help: 'How Kafka is told user and password. plain sends the password itself, so use it with TLS.',
  },
  kafkaUsername: {
    ...row('kafka', 'username', 'kafka-username', wordType('NAME')),
    ...none,
    help: 'The user on Kafka.',
  },
  kafkaPassword: {
    ...row('kafka', 'password', 'kafka-password', wordType('TEXT')),
    ...secret,
    help: 'The password of the user on Kafka. Other users of a machine can read flags, so use the variable.',
  },
  kafkaTopicPrefix: {
    ...row('kafka', 'topicPrefix', 'kafka-topic-prefix', prefixType),
    ...none,
    help: 'Stands before the name of every Kafka topic, so that several environments can share a Kafka.',
  },
};

function row<T>(
  section: 'redis' | 'kafka',
  key: string,
  name: string,
  type: Option<T>['type'],
): Pick<Option<T>, 'name' | 'variable' | 'path' | 'type'> {
  return { name, variable: `SLUICE_${name.replaceAll('-', '_').toUpperCase()}`, path: [section, key], type };
}
