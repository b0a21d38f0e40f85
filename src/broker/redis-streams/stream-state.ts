import { compareEntryIds, type PartitionPosition, type StreamPosition } from '../../routing/position.ts';
import type { ExpiryReason } from '../history.ts';
import { BEFORE_ALL, idBefore } from './entry-id.ts';

/** A place in a stream: the last entry read, and its ordinal. */
export type EntryPlace = Extract<PartitionPosition, { readonly type: 'redis-stream' }>;

/** What a script found out about a stream; of one that does not exist, what is remembered of it. */
export interface StreamState {
  readonly epoch: string;
  /** The last id that the stream gave out; `0-0` before the first. */
  readonly last: string;
  /** Of that id, since the stream was born. */
  readonly ordinal: number;
  /** Entries that are kept. */
  readonly length: number;
  /** Id of the oldest entry that is kept; meaningless when there is none. */
  readonly first: string;
  /** The highest id that XDEL took; `0-0` when none. */
  readonly deleted: string;
}

/**
 * Can everything behind a place still be read (design §5, F2, F7)? Undefined: yes. `exists`: is the place's own entry kept?
 *
 * Trims take from the front only, so nothing behind the place is lost while something at or before it is kept. Where nothing is,
 * the ordinals tell: more entries are gone than the place had seen. XDEL inside a stream is no loss, as compaction is none;
 * at its front it cannot be told from a trim and counts as one, and it explains why a place's own entry is missing.
 */
export function whyExpired(
  state: StreamState,
  log: string,
  place: EntryPlace,
  exists: boolean,
): Exclude<ExpiryReason, 'invalid'> | undefined {
  if (log !== state.epoch) return 'recreated';
  const order = compareEntryIds(place.id, state.last);
  if (order > 0 || place.ordinal > state.ordinal) return 'truncated';
  if (order === 0) return undefined;
  if (state.length > 0 && compareEntryIds(state.first, place.id) <= 0) {
    return exists || compareEntryIds(state.deleted, place.id) >= 0 ? undefined : 'truncated';
  }
  const gone = state.ordinal - state.length;
  if (gone > place.ordinal) return 'trimmed';
  return gone === place.ordinal ? undefined : 'truncated';
}

/** Before the first entry that is kept; behind the last one when none is. */
export function earliestPlace(state: StreamState): EntryPlace {
  if (state.length === 0) return latestPlace(state);
  const gone = state.ordinal - state.length;
  return { type: 'redis-stream', id: gone > 0 ? idBefore(state.first) : BEFORE_ALL, ordinal: gone };
}

/** Behind everything. */
export function latestPlace({ last, ordinal }: StreamState): EntryPlace {
  return { type: 'redis-stream', id: last, ordinal };
}

/** A place as a position of the whole stream, which has one partition. */
export function positionAt(state: StreamState, place: EntryPlace): StreamPosition {
  return { log: state.epoch, partitions: [place] };
}
