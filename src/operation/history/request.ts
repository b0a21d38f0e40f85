import { OperationError } from '../../error/operation-error.ts';
import { instantOf } from '../../schema/scalars/date-time.ts';
import { brokerTime } from '../broker-time.ts';
import type { OperationLimits } from '../limits.ts';

/** A page of history, as its arguments ask for it. */
export interface HistoryRequest {
  /** From the beginning of the range, or from its end; a page comes oldest first either way. */
  readonly direction: 'forward' | 'backward';
  /** Events at most. */
  readonly count: number;
  /** Cursors as the client sent them, not looked at yet. */
  readonly after: string | undefined;
  readonly before: string | undefined;
  /** Milliseconds since the epoch. */
  readonly since: number | undefined;
  readonly until: number | undefined;
  /** The coerced filter. */
  readonly where: Readonly<Record<string, unknown>> | undefined;
}

/** The arguments of a history field behind the topic's parameters, as graphql-js coerces them. */
interface HistoryArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
  readonly since?: string | null;
  readonly until?: string | null;
  readonly where?: Readonly<Record<string, unknown>> | null;
}

/** Events of a page whose size nobody says. */
export const DEFAULT_COUNT = 100;

/** Checks what can be checked without a broker. Throws OperationError BAD_USER_INPUT or LIMIT_EXCEEDED; null is as good as absent. */
export function historyRequest(values: Readonly<Record<string, unknown>>, limits: OperationLimits): HistoryRequest {
  // The derived schema types them so.
  const { first, after, last, before, since, until, where } = values as HistoryArguments;
  if (isGiven(first) && isGiven(last)) {
    throw refusal(
      '`first` and `last` contradict each other. Give first for the oldest events of the range, or last for the newest.',
    );
  }
  if (isGiven(since) && isGiven(until) && (instantOf(since) ?? 0) >= (instantOf(until) ?? 0)) {
    throw refusal('`since` must be earlier than `until`: no event is in between.');
  }
  return {
    direction: isGiven(last) ? 'backward' : 'forward',
    count: isGiven(last) ? checkCount('last', last, limits) : checkCount('first', first ?? DEFAULT_COUNT, limits),
    after: after ?? undefined,
    before: before ?? undefined,
    since: isGiven(since) ? brokerTime(since) : undefined,
    until: isGiven(until) ? brokerTime(until) : undefined,
    where: where ?? undefined,
  };
}

function checkCount(name: string, count: number, { maxHistoryPage }: OperationLimits): number {
  if (count < 0) throw refusal(`\`${name}\` must not be negative: give a number from 0 to ${maxHistoryPage}.`);
  if (count <= maxHistoryPage) return count;
  throw new OperationError(
    'LIMIT_EXCEEDED',
    `\`${name}: ${count}\` asks for a page of more than ${maxHistoryPage} events. Read page by page, from the endCursor of one to the next.`,
    { limit: 'maxHistoryPage', value: maxHistoryPage },
  );
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}

function refusal(message: string): OperationError {
  return new OperationError('BAD_USER_INPUT', message);
}
