import { BrokerSettingsError } from '../start-error.ts';
import type { TlsMaterial } from '../tls.ts';
import { fixedDirectory, type RedisDirectory } from './directory.ts';
import { type NodeAddress, nodeAddress, nodeName } from './node-address.ts';
import { sentinelDirectory } from './sentinels.ts';

/** Settings of both Redis adapters. */
export type RedisBrokerConfig = RedisPlace & RedisBrokerSettings;

/** One server, a Cluster, or a primary that Sentinels know. Addresses are `host:port`. */
type RedisPlace =
  /** `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. */
  | { readonly url: string }
  | { readonly cluster: readonly string[] }
  | { readonly sentinels: readonly string[]; readonly primary: string };

interface RedisBrokerSettings {
  /** Where the URL names none. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly sentinelUsername?: string | undefined;
  readonly sentinelPassword?: string | undefined;
  /** Undefined: no TLS, unless a `rediss://` URL asks for it. */
  readonly tls?: TlsMaterial | undefined;
  /** Before every channel and key: `[A-Za-z0-9._-]`. */
  readonly prefix?: string | undefined;
  /** By when a publish is answered, in milliseconds. Default 5,000. */
  readonly publishDeadlineMs?: number;
  /** How long `open()` waits for the first contact, in milliseconds. Default 5,000. */
  readonly firstContactMs?: number;
}

export const DEFAULT_PUBLISH_DEADLINE_MS = 5_000;
/** By when a question to the history is answered. */
export const READ_DEADLINE_MS = 5_000;
export const DEFAULT_FIRST_CONTACT_MS = 5_000;

/** Where a Redis is and how to get in. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Database number. Pub/Sub is not divided by it. */
  readonly database: number;
  readonly tls: boolean;
  /** `host:port`: the address as people may read it, without secrets. */
  readonly shown: string;
}

const FIX =
  'Write it as redis://host:port, rediss://host:port for TLS, or with redis://user:password@host:port/database.';

/** Reads a Redis URL. Throws BrokerSettingsError, whose text never repeats the URL: it may hold a password. */
export function parseRedisUrl(text: string): RedisAddress {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'redis:' && url.protocol !== 'rediss:') || url.hostname === '') {
    throw new BrokerSettingsError('The Redis URL is not one that Sluice can read.', FIX);
  }
  if (url.search !== '' || url.hash !== '') {
    throw new BrokerSettingsError('The Redis URL has a part after ? or #, which Sluice does not know.', FIX);
  }
  const database = url.pathname.replace(/^\//, '');
  if (!/^\d{0,5}$/.test(database)) {
    throw new BrokerSettingsError('The Redis URL names a database that is not a number.', FIX);
  }
  const port = url.port === '' ? 6379 : Number(url.port);
  return {
    // An IPv6 host stands in brackets in a URL and without them in a socket address.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    username: decoded(url.username),
    password: decoded(url.password),
    database: database === '' ? 0 : Number(database),
    tls: url.protocol === 'rediss:',
    shown: `${url.hostname}:${port}`,
  };
}

/** How to get into a Redis, wherever it is. */
export interface RedisAccess {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  readonly tls: TlsMaterial | undefined;
}

/** A place that can be asked for, or the nodes of a Cluster that were written. */
export type RedisTarget =
  | { readonly type: 'directory'; readonly access: RedisAccess; readonly directory: RedisDirectory }
  | {
      readonly type: 'cluster';
      readonly access: RedisAccess;
      readonly shown: string;
      readonly seeds: readonly NodeAddress[];
    };

const NO_FILES: TlsMaterial = { ca: undefined, certificate: undefined, key: undefined };

/** Throws as `parseRedisUrl`. */
export function redisTarget(config: RedisBrokerConfig): RedisTarget {
  const { username, password, tls } = config;
  const access: RedisAccess = { username, password, database: 0, tls };
  if ('cluster' in config) {
    const seeds = config.cluster.map(nodeAddress);
    return { type: 'cluster', access, shown: `the Cluster of ${seeds.map(nodeName).join(', ')}`, seeds };
  }
  if ('sentinels' in config) {
    const directory = sentinelDirectory({
      sentinels: config.sentinels.map(nodeAddress),
      primary: config.primary,
      username: config.sentinelUsername,
      password: config.sentinelPassword,
      tls,
    });
    return { type: 'directory', access, directory };
  }
  const address = parseRedisUrl(config.url);
  return {
    type: 'directory',
    access: {
      username: address.username ?? username,
      password: address.password ?? password,
      database: address.database,
      tls: tls ?? (address.tls ? NO_FILES : undefined),
    },
    directory: fixedDirectory(address, address.shown),
  };
}

function decoded(part: string): string | undefined {
  if (part === '') return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    throw new BrokerSettingsError('The user or password in the Redis URL has a % that does not begin an escape.', FIX);
  }
}
