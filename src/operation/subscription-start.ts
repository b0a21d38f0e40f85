import { OperationError } from '../error/operation-error.ts';
import type { SubscriptionStart } from '../fanout/plan.ts';
import type { JsonObject } from '../json/value.ts';
import { brokerTime } from './broker-time.ts';
import type { OperationLimits } from './limits.ts';

/** `ReplayFrom` as graphql-js coerces it: exactly one member, which is not null. */
interface ReplayFrom {
  readonly cursor?: string;
  readonly earliest?: boolean;
  readonly time?: string;
  readonly last?: number;
}

/**
 * Where a subscription begins (P91): the request's `extensions.cursor`, else its coerced `from` argument, else live. What a cursor
 * says is not looked at here. Throws OperationError BAD_USER_INPUT or LIMIT_EXCEEDED.
 */
export function subscriptionStart(
  from: unknown,
  extensions: JsonObject | undefined,
  limits: OperationLimits,
): SubscriptionStart {
  const cursor =
    extensions !== undefined && Object.hasOwn(extensions, 'cursor') ? (extensions['cursor'] ?? null) : null;
  if (typeof cursor === 'string') return { type: 'cursor', cursor };
  if (cursor !== null) {
    throw new OperationError(
      'BAD_USER_INPUT',
      'The cursor in the extensions of the request must be a text: the `extensions.cursor` of a result. Leave it out to start without one.',
    );
  }
  if (from === undefined || from === null) return { type: 'live' };
  // The schema types `from` as an input object, which coerces to a plain object.
  return startOf(from as ReplayFrom, limits);
}

function startOf({ cursor, earliest, time, last }: ReplayFrom, limits: OperationLimits): SubscriptionStart {
  if (cursor !== undefined) return { type: 'cursor', cursor };
  if (time !== undefined) return { type: 'time', time: brokerTime(time) };
  if (last !== undefined) return { type: 'last', count: lastCount(last, limits) };
  if (earliest === true) return { type: 'earliest' };
  throw new OperationError(
    'BAD_USER_INPUT',
    '`from: { earliest: false }` names no place. Leave `from` out to start with the next event, or write true for the oldest one.',
  );
}

function lastCount(last: number, { maxReplayLast }: OperationLimits): number {
  if (last < 1) {
    throw new OperationError(
      'BAD_USER_INPUT',
      `\`from: { last: ${last} }\` names no event. Give a number from 1 to ${maxReplayLast}, or leave \`from\` out to start with the next event.`,
    );
  }
  if (last > maxReplayLast) {
    throw new OperationError(
      'LIMIT_EXCEEDED',
      `\`from: { last: ${last} }\` asks for more than the newest ${maxReplayLast} events. Give a time or earliest to read more.`,
      { limit: 'maxReplayLast', value: maxReplayLast },
    );
  }
  return last;
}
