import type { Redis } from 'ioredis';
import { describeRedisError } from './redis-error.ts';

/** The oldest Redis that Sluice works with: it needs entries-added in XINFO and PEXPIRETIME. */
const MINIMUM_MAJOR = 7;

/** What is to be said about a Redis; each text holds its fix. */
export interface ServerVerdict {
  /** What must be mended. */
  readonly problems: readonly string[];
  /** What may be meant so. */
  readonly warnings: readonly string[];
}

/** Judges a Redis by its INFO text. `keepsEvents`: events are stored in it, so eviction would lose some (F37). */
export function judgeServer(info: string, shown: string, keepsEvents: boolean): ServerVerdict {
  const told = facts(info);
  const problems: string[] = [];
  const warnings: string[] = [];
  const version = told.get('redis_version') ?? '';
  if (!(Number.parseInt(version, 10) >= MINIMUM_MAJOR)) {
    const said = version === '' ? 'does not say its version' : `is version ${version}`;
    problems.push(`Redis at ${shown} ${said}; Sluice needs ${MINIMUM_MAJOR}.0 or later. Upgrade it.`);
  }
  const policy = told.get('maxmemory_policy');
  if (keepsEvents && policy !== undefined && policy !== 'noeviction') {
    warnings.push(
      `Redis at ${shown} may evict whole streams when its memory is full (maxmemory-policy ${policy}): set maxmemory-policy noeviction, so that it refuses new events instead.`,
    );
  }
  return { problems, warnings };
}

/** Asks a Redis what it is. One that keeps INFO from this user is taken as it is, with a warning. */
export async function checkServer(connection: Redis, shown: string, keepsEvents: boolean): Promise<ServerVerdict> {
  try {
    return judgeServer(await connection.info(), shown, keepsEvents);
  } catch (error) {
    const warning = `Redis at ${shown} does not tell its version and eviction policy: ${describeRedisError(error)}`;
    return { problems: [], warnings: [warning] };
  }
}

function facts(info: string): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const line of info.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0 && !line.startsWith('#')) map.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return map;
}
