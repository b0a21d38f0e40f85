import { join } from 'node:path';
import { LOG_LEVELS, type LogLevel } from '../log/log-threshold.ts';
import { originListType } from './allowed-origins.ts';
import { BROKER_OPTIONS, type BrokerOptionTable } from './broker-options.ts';
import { LIMIT_OPTIONS, type LimitOptionTable } from './limit-options.ts';
import type { Option } from './option.ts';
import { packageFolder } from './package-folder.ts';
import { type TrustedProxies, trustedProxiesType } from './trusted-proxies.ts';
import {
  addressListType,
  choiceType,
  hostType,
  memorySizeType,
  pathType,
  portType,
  redisUrlType,
  switchType,
  type WorkerCount,
  wholeNumberType,
  workerCountType,
} from './value-type.ts';

/** The settings by the names the code uses. */
export interface OptionTable extends LimitOptionTable, BrokerOptionTable {
  readonly schema: Option<string>;
  readonly port: Option<number>;
  readonly host: Option<string>;
  readonly adminPort: Option<number>;
  readonly adminHost: Option<string>;
  readonly redisUrl: Option<string>;
  readonly kafkaBrokers: Option<readonly string[]>;
  readonly embedded: Option<boolean>;
  readonly dataFolder: Option<string>;
  readonly workers: Option<WorkerCount>;
  readonly maxMemory: Option<number>;
  readonly logLevel: Option<LogLevel>;
  readonly drainSeconds: Option<number>;
  readonly createTopics: Option<boolean>;
  readonly allowWeakDurability: Option<boolean>;
  readonly auth: Option<'none'>;
  readonly operationsFile: Option<string>;
  readonly operationsOnly: Option<boolean>;
  readonly introspection: Option<boolean>;
  readonly trustedProxies: Option<TrustedProxies>;
  readonly allowedOrigins: Option<readonly string[]>;
  readonly dev: Option<boolean>;
  readonly config: Option<string>;
}

/** Every setting, in the order in which help lists them. */
export const OPTIONS: OptionTable = {
  schema: {
    name: 'schema',
    variable: 'SLUICE_SCHEMA',
    path: ['schema'],
    type: pathType('FILE'),
    fallback: join(packageFolder, 'examples/earthquakes/schema.graphql'),
    fallbackText: 'the earthquakes example',
    help: 'The schema file: your event types, each with @topic.',
    reload: true,
  },
  port: {
    name: 'port',
    variable: 'SLUICE_PORT',
    path: ['port'],
    type: portType,
    fallback: '4000',
    fallbackText: '4000',
    help: 'Port of /graphql; 0 takes a free one.',
  },
  host: {
    name: 'host',
    variable: 'SLUICE_HOST',
    path: ['host'],
    type: hostType,
    fallback: '127.0.0.1',
    fallbackText: '127.0.0.1',
    help: 'Address to listen on. One that is not loopback (0.0.0.0, ::) needs --auth none, and its brokers bound or --embedded.',
  },
  adminPort: {
    name: 'admin-port',
    variable: 'SLUICE_ADMIN_PORT',
    path: ['admin', 'port'],
    type: portType,
    fallback: '4001',
    fallbackText: '4001',
    help: 'Port of /metrics, /livez, /readyz, /healthz and /log-level; 0 takes a free one.',
  },
  adminHost: {
    name: 'admin-host',
    variable: 'SLUICE_ADMIN_HOST',
    path: ['admin', 'host'],
    type: hostType,
    fallback: '127.0.0.1',
    fallbackText: '127.0.0.1',
    help: 'Address of the admin listener. One that is not loopback needs --auth none.',
  },
  redisUrl: {
    name: 'redis-url',
    variable: 'SLUICE_REDIS_URL',
    path: ['redis', 'url'],
    type: redisUrlType,
    fallback: undefined,
    fallbackText: 'none: embedded',
    help: 'Redis for EPHEMERAL topics (Pub/Sub) and BUFFERED topics (Streams).',
  },
  kafkaBrokers: {
    name: 'kafka-brokers',
    variable: 'SLUICE_KAFKA_BROKERS',
    path: ['kafka', 'brokers'],
    type: addressListType,
    fallback: undefined,
    fallbackText: 'none: embedded',
    help: 'Kafka for DURABLE topics: one or more of its brokers.',
  },
  ...BROKER_OPTIONS,
  embedded: {
    name: 'embedded',
    variable: 'SLUICE_EMBEDDED',
    path: ['embedded'],
    type: switchType,
    fallback: 'false',
    fallbackText: 'false',
    help: 'Let deliveries without a broker live in this process and its data folder, also on a host that is not loopback.',
  },
  dataFolder: {
    name: 'data-dir',
    variable: 'SLUICE_DATA_DIR',
    path: ['dataDir'],
    type: pathType('FOLDER'),
    fallback: '.sluice',
    fallbackText: '.sluice',
    help: 'Folder of the embedded logs.',
  },
  workers: {
    name: 'workers',
    variable: 'SLUICE_WORKERS',
    path: ['workers'],
    type: workerCountType,
    fallback: '1',
    fallbackText: '1',
    help: 'Processes that share the port, to use several cores; auto takes one per core. More than one needs a broker for every delivery in use.',
  },
  maxMemory: {
    name: 'max-memory',
    variable: 'SLUICE_MAX_MEMORY',
    path: ['maxMemory'],
    type: memorySizeType,
    fallback: undefined,
    fallbackText: 'three quarters of the memory of the container or machine, shared among the workers',
    help: 'Memory of one process above which it takes on nothing new and sheds the connections that read slowest; 0 is no bound.',
  },
  logLevel: {
    name: 'log-level',
    variable: 'SLUICE_LOG_LEVEL',
    path: ['log', 'level'],
    type: choiceType(LOG_LEVELS),
    fallback: 'info',
    fallbackText: 'info',
    help: 'The lightest log lines that are written: debug, with a line for every connection, info, warn or error. PUT /log-level on the admin port changes it while it runs.',
  },
  drainSeconds: {
    name: 'drain-seconds',
    variable: 'SLUICE_DRAIN_SECONDS',
    path: ['drainSeconds'],
    type: wholeNumberType(0, 3_600),
    fallback: '20',
    fallbackText: '20',
    help: 'A stop lets connections leave one by one over at most so many seconds, 500 a second where the time allows; 0 is all at once. Publishes in flight get 10 seconds more, so give a stop at least 30.',
  },
  createTopics: {
    name: 'create-topics',
    variable: 'SLUICE_CREATE_TOPICS',
    path: ['createTopics'],
    type: switchType,
    fallback: undefined,
    fallbackText: 'false; true with --dev',
    help: 'Create missing Kafka topics at start; otherwise a missing topic is reported.',
  },
  allowWeakDurability: {
    name: 'allow-weak-durability',
    variable: 'SLUICE_ALLOW_WEAK_DURABILITY',
    path: ['allowWeakDurability'],
    type: switchType,
    fallback: 'false',
    fallbackText: 'false',
    help: 'On a host that is not loopback, serve DURABLE topics also from a Kafka topic with fewer than 3 replicas, min.insync.replicas under 2 or unclean elections.',
  },
  auth: {
    name: 'auth',
    variable: 'SLUICE_AUTH',
    path: ['auth'],
    type: choiceType(['none']),
    fallback: undefined,
    fallbackText: 'none written: loopback only',
    help: 'Write none to serve without authentication on a host that is not loopback: everyone who reaches the port may publish and subscribe.',
  },
  allowedOrigins: {
    name: 'allowed-origins',
    variable: 'SLUICE_ALLOWED_ORIGINS',
    path: ['allowedOrigins'],
    type: originListType,
    fallback: undefined,
    fallbackText: 'pages of the same host; on loopback, loopback pages',
    help: 'Origins whose pages may open WebSockets and event streams, read answers (CORS) and send cookies; nobody else may then.',
  },
  dev: {
    name: 'dev',
    variable: 'SLUICE_DEV',
    path: ['dev'],
    type: switchType,
    fallback: 'false',
    fallbackText: 'false',
    help: 'For development: GraphiQL for browsers at /graphql, Kafka topics are created, and errors tell more.',
  },
  operationsFile: {
    name: 'operations',
    variable: 'SLUICE_OPERATIONS',
    path: ['operations', 'file'],
    type: pathType('FILE'),
    fallback: undefined,
    fallbackText: 'none',
    help: 'A manifest of persisted operations (Apollo or Relay), which requests may then name by their ids.',
    reload: true,
  },
  operationsOnly: {
    name: 'operations-only',
    variable: 'SLUICE_OPERATIONS_ONLY',
    path: ['operations', 'only'],
    type: switchType,
    fallback: 'false',
    fallbackText: 'false',
    help: 'Run the persisted operations of --operations and nothing else.',
    reload: true,
  },
  introspection: {
    name: 'introspection',
    variable: 'SLUICE_INTROSPECTION',
    path: ['introspection'],
    type: switchType,
    fallback: undefined,
    fallbackText: 'true on a loopback host and with --dev, else false',
    help: 'Answer __schema and __type, and say in errors what a client may have meant. __typename always works.',
    reload: true,
  },
  trustedProxies: {
    name: 'trusted-proxies',
    variable: 'SLUICE_TRUSTED_PROXIES',
    path: ['trustedProxies'],
    type: trustedProxiesType,
    fallback: undefined,
    fallbackText: 'none: X-Forwarded-For is not read',
    help: 'Proxies whose X-Forwarded-For tells the address of a client: their number, or their networks. Without it limits per address see the proxy as one client.',
  },
  ...LIMIT_OPTIONS,
  config: {
    name: 'config',
    variable: 'SLUICE_CONFIG',
    path: undefined,
    type: pathType('FILE'),
    fallback: undefined,
    fallbackText: 'sluice.yaml in the current folder, if it is there',
    help: 'The configuration file. Relative paths in it start at its own folder.',
  },
};

export type OptionKey = keyof OptionTable;

/** The type of a setting's value. */
export type OptionValue<K extends OptionKey> = OptionTable[K] extends Option<infer T> ? T : never;

/** The table as pairs, for code that treats all settings alike. */
export const OPTION_LIST: readonly (readonly [OptionKey, Option<unknown>])[] = Object.entries(OPTIONS) as [
  OptionKey,
  Option<unknown>,
][];
