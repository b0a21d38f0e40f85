import { join } from 'node:path';
import { packageFolder } from './package-folder.ts';
import {
  addressListType,
  choiceType,
  hostType,
  pathType,
  portType,
  redisUrlType,
  switchType,
  type ValueType,
} from './value-type.ts';

/** One setting: everything that flags, variables, the file, `--help` and docs/configuration.md say of it. */
export interface Option<T> {
  /** `admin-port`; the flag is `--admin-port`. */
  readonly name: string;
  readonly variable: `SLUICE_${string}`;
  /** Where it stands in sluice.yaml; undefined for what the file cannot say of itself. */
  readonly path: readonly string[] | undefined;
  readonly type: ValueType<T>;
  /** Text of the default, read like a flag's; undefined when there is none. */
  readonly fallback: string | undefined;
  /** The default as people read it. */
  readonly fallbackText: string;
  /** One or two sentences. */
  readonly help: string;
}

/** The settings by the names the code uses. */
export interface OptionTable {
  readonly schema: Option<string>;
  readonly port: Option<number>;
  readonly host: Option<string>;
  readonly adminPort: Option<number>;
  readonly adminHost: Option<string>;
  readonly redisUrl: Option<string>;
  readonly kafkaBrokers: Option<readonly string[]>;
  readonly embedded: Option<boolean>;
  readonly dataFolder: Option<string>;
  readonly createTopics: Option<boolean>;
  readonly allowWeakDurability: Option<boolean>;
  readonly auth: Option<'none'>;
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
    help: 'Port of /metrics, /livez, /readyz and /healthz; 0 takes a free one.',
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
  dev: {
    name: 'dev',
    variable: 'SLUICE_DEV',
    path: ['dev'],
    type: switchType,
    fallback: 'false',
    fallbackText: 'false',
    help: 'For development: creates Kafka topics, and errors tell more.',
  },
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
