/** Where Redis is. */
export interface RedisConfig {
  /** `redis://` or `rediss://` URL. */
  readonly url: string;
}

/** Where Kafka is. */
export interface KafkaConfig {
  /** `host:port` of at least one broker; an IPv6 host stands in brackets. */
  readonly brokers: readonly string[];
}

/** The whole configuration of one gateway, validated: flags over `SLUICE_*` variables over the file over defaults (design §8). */
export interface Config {
  /** Absolute path of the schema file. */
  readonly schemaFile: string;
  /** A name or address without brackets. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** A name or address without brackets. */
  readonly adminHost: string;
  /** 0 takes a free port. */
  readonly adminPort: number;
  /** Absolute path of the folder of the embedded logs; made when an embedded log is used. */
  readonly dataFolder: string;
  /** Undefined: the deliveries EPHEMERAL and BUFFERED are embedded. */
  readonly redis: RedisConfig | undefined;
  /** Undefined: the delivery DURABLE is embedded. */
  readonly kafka: KafkaConfig | undefined;
  /** Unbound deliveries may be embedded on any host; without it only on a loopback host (design §2, `unboundDeliveries`). */
  readonly embedded: boolean;
  /** `none` only when the operator wrote it: a host that is not loopback needs it as long as there is no authentication (A77). */
  readonly auth: 'none' | undefined;
  /** Create missing Kafka topics at start. On with `dev`. */
  readonly createTopics: boolean;
  /** Serve DURABLE topics from a Kafka that could lose acknowledged events, on a host that is not loopback (design §2). */
  readonly allowWeakDurability: boolean;
  /** Developer comforts: topics are created, errors are verbose. */
  readonly dev: boolean;
}
