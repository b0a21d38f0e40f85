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

/** Bytes of Redis's own default: `pubsub 32mb 8mb 60`. */
const DEFAULT_BUFFER = { hard: 32 * 1024 * 1024, soft: 8 * 1024 * 1024 };

/** Judges `client-output-buffer-limit`: a Pub/Sub link over it is cut, and everything that was on its way is lost (F5). */
export function judgeOutputBuffer(setting: string, shown: string): readonly string[] {
  const [, hard = '', soft = '', seconds = ''] = /(?:^| )pubsub (\d+) (\d+) (\d+)/.exec(setting) ?? [];
  const isSmall = (text: string, least: number): boolean => text !== '' && text !== '0' && Number(text) < least;
  if (!isSmall(hard, DEFAULT_BUFFER.hard) && !isSmall(soft, DEFAULT_BUFFER.soft)) return [];
  return [
    `Redis at ${shown} cuts a Pub/Sub link for which more than a few events wait (client-output-buffer-limit pubsub ${hard} ${soft} ${seconds}): give it at least its default, pubsub 32mb 8mb 60.`,
  ];
}

/**
 * Asks a Redis what it is. One that keeps INFO from this user is taken as it is, with a warning; one that keeps CONFIG, as managed ones
 * and least rights do, without.
 */
export async function checkServer(connection: Redis, shown: string, keepsEvents: boolean): Promise<ServerVerdict> {
  const buffers = keepsEvents ? [] : judgeOutputBuffer(await outputBuffer(connection), shown);
  try {
    const verdict = judgeServer(await connection.info(), shown, keepsEvents);
    return { problems: verdict.problems, warnings: [...verdict.warnings, ...buffers] };
  } catch (error) {
    const warning = `Redis at ${shown} does not tell its version and eviction policy: ${describeRedisError(error)}`;
    return { problems: [], warnings: [warning] };
  }
}

async function outputBuffer(connection: Redis): Promise<string> {
  try {
    const answer = (await connection.call('CONFIG', 'GET', 'client-output-buffer-limit')) as readonly string[];
    return answer[1] ?? '';
  } catch {
    return '';
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
