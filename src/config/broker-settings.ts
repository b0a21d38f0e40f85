import type { BrokerOptionTable } from './broker-options.ts';
import type { KafkaConfig, RedisConfig, RedisPlace, TlsFiles } from './config.ts';
import { OPTIONS, type OptionKey, type OptionValue } from './options.ts';

/** How the settings of brokers are read, and what is wrong between them is told. */
export interface BrokerReader {
  read<K extends OptionKey>(key: K): OptionValue<K> | undefined;
  problem(key: OptionKey, message: string, fix: string): void;
}

type BrokerKey = keyof BrokerOptionTable;

/** Undefined: there is no Redis. Nothing of a Redis may be written without saying where it is. */
export function readRedis(reader: BrokerReader): RedisConfig | undefined {
  const url = reader.read('redisUrl');
  const cluster = reader.read('redisCluster');
  const sentinels = reader.read('redisSentinels');
  const primary = reader.read('redisPrimary');
  const username = reader.read('redisUsername');
  const password = reader.read('redisPassword');
  const sentinelUsername = reader.read('redisSentinelUsername');
  const sentinelPassword = reader.read('redisSentinelPassword');
  const on = reader.read('redisTls') ?? url?.startsWith('rediss:') ?? false;
  const tls = readTls(reader, on, 'redisTls', ['redisTlsCa', 'redisTlsCert', 'redisTlsKey']);
  const prefix = reader.read('redisPrefix');
  if (on === false && url?.startsWith('rediss:') === true) {
    reader.problem('redisTls', 'TLS is off and the URL is one of rediss://', 'Write redis://, or leave this out.');
  }
  const places: RedisPlace[] = [
    ...(url === undefined ? [] : [{ url }]),
    ...(cluster === undefined ? [] : [{ cluster }]),
    ...(sentinels === undefined ? [] : [{ sentinels, primary: primary ?? 'mymaster' }]),
  ];
  const [place, second] = places;
  if (second !== undefined) {
    const key = cluster === undefined || url === undefined ? 'redisSentinels' : 'redisCluster';
    reader.problem(key, 'Redis is named in two ways', 'Keep one of redis.url, redis.cluster and redis.sentinels.');
  }
  if (sentinels === undefined) {
    const fix = 'Name the Sentinels with redis.sentinels, or leave this out.';
    for (const [key, value] of [
      ['redisPrimary', primary],
      ['redisSentinelUsername', sentinelUsername],
      ['redisSentinelPassword', sentinelPassword],
    ] as const) {
      if (value !== undefined) reader.problem(key, 'there are no Sentinels that this could be for', fix);
    }
  }
  if (place === undefined) {
    refuseOrphans(reader, 'Redis', 'redis.url', {
      redisUsername: username,
      redisPassword: password,
      redisPrefix: prefix,
    });
    return undefined;
  }
  if (username !== undefined && password === undefined && !('url' in place)) {
    reader.problem('redisUsername', 'the user has no password', `Set ${OPTIONS.redisPassword.variable}.`);
  }
  if (url !== undefined && (username ?? password) !== undefined && hasCredentials(url)) {
    const key = username === undefined ? 'redisPassword' : 'redisUsername';
    reader.problem(key, 'the URL of Redis names a user or password too', 'Keep them in one place.');
  }
  return { ...place, username, password, sentinelUsername, sentinelPassword, tls, prefix };
}

/** Undefined: there is no Kafka. */
export function readKafka(reader: BrokerReader): KafkaConfig | undefined {
  const brokers = reader.read('kafkaBrokers');
  const on = reader.read('kafkaTls') ?? false;
  const tls = readTls(reader, on, 'kafkaTls', ['kafkaTlsCa', 'kafkaTlsCert', 'kafkaTlsKey']);
  const mechanism = reader.read('kafkaSasl');
  const username = reader.read('kafkaUsername');
  const password = reader.read('kafkaPassword');
  const topicPrefix = reader.read('kafkaTopicPrefix');
  if (brokers === undefined) {
    const orphans = { kafkaSasl: mechanism, kafkaTopicPrefix: topicPrefix, kafkaTls: on ? 'on' : undefined };
    refuseOrphans(reader, 'Kafka', 'kafka.brokers', orphans);
    return undefined;
  }
  if (mechanism === undefined) {
    const fix = 'Say how with kafka.sasl: plain, scram-sha-256 or scram-sha-512.';
    if (username !== undefined) reader.problem('kafkaUsername', 'Kafka is not told a user without kafka.sasl', fix);
    if (password !== undefined) reader.problem('kafkaPassword', 'Kafka is not told a password without kafka.sasl', fix);
    return { brokers, tls, topicPrefix };
  }
  if (username === undefined || password === undefined) {
    const fix = `Set ${OPTIONS.kafkaUsername.variable} and ${OPTIONS.kafkaPassword.variable}.`;
    reader.problem('kafkaSasl', 'the user or the password is missing', fix);
    return { brokers, tls, topicPrefix };
  }
  return { brokers, tls, sasl: { mechanism, username, password }, topicPrefix };
}

function readTls(
  reader: BrokerReader,
  on: boolean,
  switchKey: BrokerKey,
  [caKey, certificateKey, keyKey]: readonly [
    'redisTlsCa' | 'kafkaTlsCa',
    'redisTlsCert' | 'kafkaTlsCert',
    'redisTlsKey' | 'kafkaTlsKey',
  ],
): TlsFiles | undefined {
  const [ca, certificate, key] = [reader.read(caKey), reader.read(certificateKey), reader.read(keyKey)];
  if ((certificate === undefined) !== (key === undefined)) {
    reader.problem(
      certificate === undefined ? keyKey : certificateKey,
      'a certificate and its key come together',
      `Give both ${name(certificateKey)} and ${name(keyKey)}.`,
    );
  }
  if (on) return { ca, certificate, key };
  const written = ([caKey, certificateKey, keyKey] as const).find(
    (_, index) => [ca, certificate, key][index] !== undefined,
  );
  if (written !== undefined) reader.problem(written, 'TLS is off', `Turn it on with ${name(switchKey)}: true.`);
  return undefined;
}

/** Nothing is accepted and ignored. */
function refuseOrphans(
  reader: BrokerReader,
  what: string,
  place: string,
  values: Partial<Readonly<Record<BrokerKey, string | undefined>>>,
): void {
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue;
    // The keys are those of the table.
    reader.problem(
      key as BrokerKey,
      `there is no ${what} that this could be for`,
      `Name it with ${place}, or leave this out.`,
    );
  }
}

function name(key: BrokerKey): string {
  return OPTIONS[key].path?.join('.') ?? OPTIONS[key].name;
}

function hasCredentials(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.username !== '' || url.password !== '');
}
