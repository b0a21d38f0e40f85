import type { LogLevel } from '../log/log-threshold.ts';
import type { SaslMechanism } from './broker-options.ts';
import type { LimitSettings } from './limit-options.ts';
import type { TrustedProxies } from './trusted-proxies.ts';
import type { WorkerCount } from './value-type.ts';

/** Files of a TLS link, as absolute paths. */
export interface TlsFiles {
  /** Undefined: the authorities that Node.js trusts. */
  readonly ca: string | undefined;
  /** Both or neither. */
  readonly certificate: string | undefined;
  readonly key: string | undefined;
}

/** Where Redis is: one server, a Cluster, or a primary that Sentinels know. Addresses are `host:port`. */
export type RedisPlace =
  /** `redis://` or `rediss://` URL. */
  | { readonly url: string }
  | { readonly cluster: readonly string[] }
  | { readonly sentinels: readonly string[]; readonly primary: string };

/** Where Redis is and how to get in. What is left out, or undefined, is not used. */
export type RedisConfig = RedisPlace & {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly sentinelUsername?: string | undefined;
  readonly sentinelPassword?: string | undefined;
  /** There also with a `rediss://` URL. */
  readonly tls?: TlsFiles | undefined;
  /** Before every channel and key. */
  readonly prefix?: string | undefined;
};

/** Where Kafka is. */
export interface KafkaConfig {
  /** `host:port` of at least one broker; an IPv6 host stands in brackets. */
  readonly brokers: readonly string[];
  readonly tls?: TlsFiles | undefined;
  readonly sasl?:
    | { readonly mechanism: SaslMechanism; readonly username: string; readonly password: string }
    | undefined;
  /** Before the name of every topic. */
  readonly topicPrefix?: string | undefined;
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
  /** Processes that serve; `auto` is one per core that may be used. More than one needs brokers outside the process. */
  readonly workers: WorkerCount;
  /** Bytes of one process, 0 for no bound; undefined: `defaultMemoryBound`. */
  readonly maxMemory: number | undefined;
  /** The lightest log lines that are written at start; `/log-level` changes it. */
  readonly logLevel: LogLevel;
  /** F23: a stop closes connections spread over at most so many seconds. */
  readonly drainSeconds: number;
  /** Create missing Kafka topics at start. On with `dev`. */
  readonly createTopics: boolean;
  /** Serve DURABLE topics from a Kafka that could lose acknowledged events, on a host that is not loopback (design §2). */
  readonly allowWeakDurability: boolean;
  /** Absolute path of the manifest of persisted operations. */
  readonly operationsFile: string | undefined;
  /** Locked mode: only operations of the manifest run (A61). Never true without `operationsFile`. */
  readonly operationsOnly: boolean;
  /** A71. On for loopback hosts and with `dev`. */
  readonly introspection: boolean;
  /** A9; undefined: the address of a client is that of its socket. */
  readonly trustedProxies: TrustedProxies | undefined;
  /** A1, A5: origins whose pages may use the gateway; undefined: those of the same host, and loopback pages on loopback. */
  readonly allowedOrigins: readonly string[] | undefined;
  readonly limits: LimitSettings;
  /** Developer comforts: GraphiQL, topics are created, errors are verbose. */
  readonly dev: boolean;
}
