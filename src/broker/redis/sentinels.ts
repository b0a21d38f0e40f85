import { Redis } from 'ioredis';
import { type TlsMaterial, tlsOptions } from '../tls.ts';
import type { RedisDirectory } from './directory.ts';
import { type NodeAddress, nodeName } from './node-address.ts';
import { describeRedisError } from './redis-error.ts';

/** A Sentinel that does not answer within this, in milliseconds, is passed over. */
const PATIENCE_MS = 1_000;

export interface SentinelSettings {
  readonly sentinels: readonly NodeAddress[];
  /** The name of the primary at the Sentinels. */
  readonly primary: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: TlsMaterial | undefined;
}

/** Asks Sentinels where the primary is: one after the other, first the one that knew last. Those who ask together get one answer. */
export function sentinelDirectory(settings: SentinelSettings): RedisDirectory {
  let order = settings.sentinels;
  let asking: Promise<NodeAddress> | undefined;
  const ask = async (): Promise<NodeAddress> => {
    const problems: string[] = [];
    for (const sentinel of order) {
      try {
        const address = await askOne(sentinel, settings);
        order = [sentinel, ...order.filter((other) => other !== sentinel)];
        return address;
      } catch (error) {
        problems.push(`${nodeName(sentinel)}: ${describeRedisError(error)}`);
      }
    }
    throw new Error(`no Sentinel knows the primary "${settings.primary}" (${problems.join('; ')})`);
  };
  return {
    shown: `"${settings.primary}" of the Sentinels ${settings.sentinels.map(nodeName).join(', ')}`,
    mustBePrimary: true,
    locate() {
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
  };
}

async function askOne(sentinel: NodeAddress, settings: SentinelSettings): Promise<NodeAddress> {
  const { primary, username, password, tls } = settings;
  const client = new Redis({
    ...sentinel,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls: tlsOptions(tls) }),
    connectionName: 'sluice-sentinel',
    disableClientInfo: true,
    protocol: 2,
    lazyConnect: true,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    connectTimeout: PATIENCE_MS,
    commandTimeout: PATIENCE_MS,
  });
  // The error is the one that the call rejects with.
  let problem: unknown;
  client.on('error', (error: unknown) => {
    problem = error;
  });
  try {
    await client.connect();
    const answer: unknown = await client.call('SENTINEL', 'get-master-addr-by-name', primary);
    if (answer === null) throw new Error('it does not know that name');
    const [host, port] = answer as readonly [host: string, port: string];
    return { host, port: Number(port) };
  } catch (error) {
    throw problem ?? error;
  } finally {
    client.disconnect();
  }
}
