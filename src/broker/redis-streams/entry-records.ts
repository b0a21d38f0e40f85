import type { TopicInstance } from '../../routing/topic.ts';
import type { BrokerRecord } from '../record.ts';
import { entryTime } from './entry-id.ts';
import type { Page, RawEntry } from './read-script.ts';
import type { EntryPlace, StreamState } from './stream-state.ts';

/** One entry as the core sees it. */
export function recordOf(
  key: TopicInstance,
  epoch: string,
  { id, data, traceparent }: RawEntry,
  ordinal: number,
): BrokerRecord {
  return {
    instance: key,
    key: undefined,
    value: data,
    position: { type: 'redis-stream', epoch, id, ordinal },
    timestamp: entryTime(id),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

/**
 * The ordinals of a page that was read forwards from a place. At the end of the stream they are counted back from its own count, so that
 * what XDEL took in between, or a start that was found by time, leaves no error behind.
 */
export function ordinalsForwards({ state, entries, beyond }: Page, from: EntryPlace): readonly number[] {
  const before = beyond === undefined ? state.ordinal - entries.length : from.ordinal;
  return entries.map((_, index) => before + 1 + index);
}

/** The ordinals of a page that was read backwards from a place, newest first; at the start of what is kept counted from there. */
export function ordinalsBackwards({ state, entries, beyond }: Page, from: EntryPlace): readonly number[] {
  const newest = beyond === undefined ? goneOf(state) + entries.length : from.ordinal;
  return entries.map((_, index) => Math.max(goneOf(state) + 1, newest - index));
}

/** How many entries of a stream are no longer kept. */
export function goneOf({ ordinal, length }: StreamState): number {
  return ordinal - length;
}
