import type { TlsMaterial } from '../tls.ts';

/** Settings of the Kafka adapter. */
export interface KafkaBrokerConfig {
  /** `host:port` of at least one broker. */
  readonly brokers: readonly string[];
  /** Undefined: no TLS. */
  readonly tls?: TlsMaterial;
  /** Undefined: no user. */
  readonly sasl?: KafkaCredentials;
  /** Create the topics that are missing when the broker is first reached. */
  readonly createTopics: boolean;
  /**
   * What a topic that could lose acknowledged events is (replication below 3, min.insync below 2, unclean elections; design §2):
   * `warn`: a line in the log; `refuse`: a problem that `open` reports.
   */
  readonly weakDurability: 'warn' | 'refuse';
  /** Named to the brokers, for their logs and quotas. Default `sluice`. */
  readonly clientId?: string;
  /** Milliseconds after which a publish is answered with the truth of that moment. Default 10,000. */
  readonly publishDeadlineMs?: number;
  /** Milliseconds that `open` waits for a first answer. Default 5,000. */
  readonly firstContactMs?: number;
}

/** Who Sluice is on Kafka (SASL). */
export interface KafkaCredentials {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** How every connection is secured. */
export interface KafkaSecurity {
  readonly tls: TlsMaterial | undefined;
  readonly sasl: KafkaCredentials | undefined;
}

/** The settings with every default filled in. */
export interface KafkaSettings extends Required<Omit<KafkaBrokerConfig, 'brokers' | 'tls' | 'sasl'>> {
  readonly bootstrap: readonly NodeAddress[];
  readonly security: KafkaSecurity;
}

/** Where one Kafka broker listens. */
export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

const ADDRESS = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/;

/** Fills in defaults. Throws an error for people when an address cannot be read. */
export function kafkaSettings(config: KafkaBrokerConfig): KafkaSettings {
  if (config.brokers.length === 0) throw new Error('No Kafka broker is named; give at least one as host:port.');
  return {
    bootstrap: config.brokers.map(nodeAddress),
    security: { tls: config.tls, sasl: config.sasl },
    createTopics: config.createTopics,
    weakDurability: config.weakDurability,
    clientId: config.clientId ?? 'sluice',
    publishDeadlineMs: config.publishDeadlineMs ?? 10_000,
    firstContactMs: config.firstContactMs ?? 5_000,
  };
}

function nodeAddress(text: string): NodeAddress {
  const match = ADDRESS.exec(text.trim());
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || !(port >= 1 && port <= 65_535)) {
    throw new Error(
      `"${text}" is not the address of a Kafka broker; write host:port, for example kafka.internal:9092.`,
    );
  }
  return { host, port };
}
