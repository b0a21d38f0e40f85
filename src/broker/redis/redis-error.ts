import { ReplyError } from 'ioredis';

/**
 * Replies by which Redis says that it did not run the command and that a later try may pass (F6). A reply outside this list is no proof:
 * proxies in front of Redis answer with texts of their own after they have passed a command on.
 */
const REFUSALS: ReadonlySet<string> = new Set([
  'LOADING',
  'MISCONF',
  'OOM',
  'READONLY',
  'NOREPLICAS',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'MOVED',
  'ASK',
  'TRYAGAIN',
  'BUSY',
  'NOAUTH',
  'NOPERM',
  'NOSCRIPT',
]);

/** Replies by which Redis refuses the credentials themselves: trying at once again cannot help (F40). */
const CREDENTIALS: ReadonlySet<string> = new Set(['NOAUTH', 'WRONGPASS', 'NOPERM']);

/** Did Redis itself answer with this error, as opposed to a link that broke? */
export function isReplyError(error: unknown): error is Error {
  return error instanceof (ReplyError as new () => Error);
}

/** The first word of an error reply, for example `OOM`; empty for anything else. */
export function replyCode(error: unknown): string {
  return isReplyError(error) ? (/^[A-Z]+(?= |$)/.exec(error.message)?.[0] ?? '') : '';
}

export function isCredentialRefusal(error: unknown): boolean {
  return CREDENTIALS.has(replyCode(error)) || (isReplyError(error) && /invalid password/i.test(error.message));
}

/** One line for people. Of the error only its message is read: ioredis keeps the command, and with it a password, beside it. */
export function describeRedisError(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return describeRedisError(error.errors[0]);
  if (!(error instanceof Error)) return 'unknown error';
  const text = error.message.replace(/ script: [0-9a-f]{40}, on @user_script:\d+\.?$/, '');
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

/** What a failed write means for the publish (P95, F6, F36). */
export type FailedWrite =
  | { readonly type: 'rejected'; readonly reason: string }
  | { readonly type: 'unavailable'; readonly reason: string }
  | { readonly type: 'indeterminate'; readonly reason: string };

/** The truth about a write that was handed to a ready link and failed. `key` is the channel or stream key. */
export function failedWrite(error: unknown, key: string): FailedWrite {
  const code = replyCode(error);
  if (code === 'WRONGTYPE') {
    return {
      type: 'rejected',
      reason: `The Redis key "${key}", or "sluice:{${key}}" beside it, holds something that Sluice did not write. Rename or delete that key.`,
    };
  }
  if (REFUSALS.has(code))
    return { type: 'unavailable', reason: `Redis refused the write: ${describeRedisError(error)}` };
  return {
    type: 'indeterminate',
    reason: `The answer of Redis to the write is not known: ${describeRedisError(error)}`,
  };
}
