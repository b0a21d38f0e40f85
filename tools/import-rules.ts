// Which room of src/ may import what. The check is tools/check-imports.ts; ARCHITECTURE.md gives the reasons.

/** Rooms that everyone below may use and that use each other only as listed. */
const LEAVES: readonly string[] = ['json', 'text', 'error', 'time', 'log', 'metrics', 'tracing', 'version'];
/** The configuration's types may be used anywhere above routing, whose words (delivery, …) they use. */
const BROKER_SIDE: readonly string[] = ['broker', 'routing', 'config', ...LEAVES];
const OPERATION_SIDE: readonly string[] = ['operation', 'fanout', 'schema', 'access', ...BROKER_SIDE];
const SERVER_SIDE: readonly string[] = ['transport', 'admin', 'protocol', ...OPERATION_SIDE];

/** The rooms that are one file of src/, not a folder. */
export const FILE_ROOMS: readonly string[] = [
  'main',
  'gateway',
  'gateway-brokers',
  'reloading',
  'start-checks',
  'version',
];

/** Every room and the rooms that it may import, beside itself. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  main: ['cli', 'gateway', 'config', ...LEAVES],
  cli: ['workers', 'gateway', 'start-checks', 'client', ...SERVER_SIDE],
  workers: ['gateway', 'start-checks', ...SERVER_SIDE],
  gateway: ['gateway-brokers', 'reloading', 'start-checks', ...SERVER_SIDE],
  'gateway-brokers': BROKER_SIDE,
  reloading: ['start-checks', 'operation', 'schema', ...BROKER_SIDE],
  'start-checks': ['operation', 'schema', 'config', ...LEAVES],
  transport: ['protocol', ...OPERATION_SIDE],
  admin: OPERATION_SIDE,
  protocol: OPERATION_SIDE,
  operation: ['fanout', 'schema', 'access', ...BROKER_SIDE],
  fanout: ['schema', 'access', ...BROKER_SIDE],
  schema: ['routing', 'config', ...LEAVES],
  access: ['schema', 'routing', 'config', ...LEAVES],
  client: ['json', 'error', 'time'],
  broker: ['routing', 'config', ...LEAVES],
  routing: LEAVES,
  config: ['routing', 'json', 'text', 'error', 'time', 'log'],
  metrics: ['json', 'error', 'time', 'log'],
  log: ['json', 'error', 'time'],
  tracing: ['version'],
  error: ['json'],
  json: [],
  text: [],
  time: [],
  version: [],
};

/** The packages in use, and the rooms (or folders of rooms) that may import them. A package that is not here is an error. */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'uWebSockets.js': ['transport'],
  '@platformatic/kafka': ['broker/kafka'],
  kafkajs: ['broker/kafka'],
  ioredis: ['broker/redis', 'broker/redis-pubsub', 'broker/redis-streams'],
  'prom-client': ['metrics', 'admin'],
  pino: ['log'],
  '@opentelemetry/api': ['tracing'],
  graphql: ['schema', 'access', 'operation', 'fanout', 'protocol', 'client', 'gateway', 'cli'],
  'graphql-ws': ['protocol', 'client', 'cli'],
  yaml: ['config'],
};

/** Parts of Node that a room must do without: the protocol is state machines without sockets. */
export const REFUSED_BUILTINS: Readonly<Record<string, readonly string[]>> = {
  protocol: ['net', 'http', 'https', 'http2', 'tls', 'dgram'],
};

/** What may be imported from them all the same: pure functions on the text of an address. */
export const PURE_NAMES: readonly string[] = ['isIP', 'isIPv4', 'isIPv6'];

/**
 * The folders of src/broker/, and the folders that each may import. The files beside them (the port) are open to all of them
 * and import none of them.
 */
export const BROKER_FOLDERS: Readonly<Record<string, readonly string[]>> = {
  local: [],
  memory: ['local'],
  sqlite: ['local'],
  redis: [],
  'redis-pubsub': ['redis'],
  'redis-streams': ['redis'],
  kafka: [],
};

/** Only these rooms read the process's arguments and environment. */
export const PROCESS_READERS: readonly string[] = ['main', 'config'];
