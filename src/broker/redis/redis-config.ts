import { BrokerSettingsError } from '../start-error.ts';

/** Settings of both Redis adapters. */
export interface RedisBrokerConfig {
  /** `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. A single node. */
  readonly url: string;
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

function decoded(part: string): string | undefined {
  if (part === '') return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    throw new BrokerSettingsError('The user or password in the Redis URL has a % that does not begin an escape.', FIX);
  }
}
