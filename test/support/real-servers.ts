/** The real brokers that `npm test` has started, or that the developer has named. */
export interface RealServers {
  /** `redis://` URL of a shared server: use names of your own, and never flush it. */
  readonly redisUrl: string;
  /** `host:port` of a shared broker, as `SLUICE_KAFKA_BROKERS` takes it. */
  readonly kafkaBrokers: string;
  /** Path of `redis-server`, for a test that starts its own. */
  readonly redisServer: string;
  /** Path of `redis-cli`. */
  readonly redisCli: string;
  /** Folder with Kafka's jars, as tools/kafka.mjs wants it. */
  readonly kafkaHome: string;
}

/** Throws when the test was not started by `npm test` and the environment does not name the servers either. */
export function realServers(): RealServers {
  return {
    redisUrl: required('SLUICE_TEST_REDIS_URL'),
    kafkaBrokers: required('SLUICE_TEST_KAFKA_BROKERS'),
    redisServer: required('SLUICE_TEST_REDIS_SERVER'),
    redisCli: required('SLUICE_TEST_REDIS_CLI'),
    kafkaHome: required('SLUICE_TEST_KAFKA_HOME'),
  };
}

function required(name: string): string {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  throw new Error(
    `${name} is not set. Run npm test, or run npm run brokers in another terminal and paste what it prints.`,
  );
}
