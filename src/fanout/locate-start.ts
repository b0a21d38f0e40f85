import type { Expired, History, Unavailable } from '../broker/history.ts';
import type { Stream } from '../broker/stream.ts';
import type { CursorScope } from '../routing/cursor.ts';
import type { StreamPosition } from '../routing/position.ts';
import type { Event } from './event.ts';
import { lastEvents } from './last-events.ts';
import type { SubscriptionStart } from './plan.ts';
import type { ReaderSlots } from './reader-slots.ts';
import type { SharedReads } from './shared-reads.ts';

export interface StartRequest {
  /** Undefined where nothing is kept. */
  readonly history: History | undefined;
  readonly stream: Stream;
  readonly reads: SharedReads;
  readonly slots: ReaderSlots;
  readonly start: SubscriptionStart;
  readonly scope: CursorScope;
  /** Is it an event that the subscriber wants? */
  readonly matches: (event: Event) => boolean;
  /** Waits; false when nobody wants the answer any more. */
  readonly pause: (milliseconds: number) => Promise<boolean>;
  /** Is given what ends the waiting for a place, when nobody wants the answer any more. */
  readonly cancellable: (cancel: () => void) => void;
}

/** Where to read from. */
export interface LocatedStart {
  readonly type: 'located';
  readonly position: StreamPosition;
  /** `last: N` found fewer than N because its scan was cut. */
  readonly cut: boolean;
}

/** Between two tries at a broker that does not answer, in milliseconds. */
const RETRY_MS = 500;

/**
 * Finds the position at which a subscription begins to read (P91). Waits while the broker is away; undefined when the subscription
 * ended meanwhile.
 */
export async function locateStart(request: StartRequest): Promise<LocatedStart | Expired | undefined> {
  for (;;) {
    if (!(await request.slots.place(request.cancellable))) return undefined;
    const found = await tryToLocate(request).finally(() => request.slots.release());
    if (found.type !== 'unavailable') return found;
    if (!(await request.pause(RETRY_MS))) return undefined;
  }
}

async function tryToLocate(request: StartRequest): Promise<LocatedStart | Expired | Unavailable> {
  const { history, stream, reads, start, scope, matches } = request;
  if (history === undefined) return { type: 'expired', reason: 'invalid', oldest: undefined };
  switch (start.type) {
    case 'cursor': {
      const position = scope.decode(start.cursor);
      if (position === undefined) return invalidCursor(history, stream);
      const resumed = await history.resume(stream, position);
      return resumed.type === 'valid' ? { type: 'located', position: resumed.position, cut: false } : resumed;
    }
    case 'last':
      return lastEvents(history, stream, reads, start.count, matches);
    case 'time':
    case 'earliest':
      return located(await history.locate(stream, start));
    case 'live':
      return located(await history.locate(stream, { type: 'latest' }));
    default:
      throw start satisfies never;
  }
}

function located(
  answer: { readonly type: 'located'; readonly position: StreamPosition } | Unavailable,
): LocatedStart | Unavailable {
  return answer.type === 'located' ? { ...answer, cut: false } : answer;
}

/** The oldest position comes with the refusal where it is known; the refusal waits for no broker. */
async function invalidCursor(history: History, stream: Stream): Promise<Expired> {
  const oldest = await history.locate(stream, { type: 'earliest' });
  return { type: 'expired', reason: 'invalid', oldest: oldest.type === 'located' ? oldest.position : undefined };
}
