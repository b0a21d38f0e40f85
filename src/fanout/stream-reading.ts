import type { TopicReading } from '../metrics/readings.ts';

/** What is open on one stream at this moment. */
export interface StreamReading {
  readonly subscribers: number;
  readonly groups: number;
  /** Compiled selections, which groups share. */
  readonly projections: number;
  /** Subscribers that read for themselves: they resume, or could not keep up. */
  readonly readers: number;
  /** Recent events that are held for hand-over; bytes with their overhead. */
  readonly ring: { readonly events: number; readonly bytes: number };
}

/** One stream, for people. */
export interface BusyStream extends StreamReading {
  readonly topic: string;
  readonly delivery: string;
  /** The topic instance, or the topic where one stream carries all. */
  readonly stream: string;
  /** In the mean since it was opened. */
  readonly recordsPerSecond: number;
}

/** All open streams of one topic. */
export interface OpenTopic extends TopicReading, StreamReading {}

/** One reading and another. */
export function sumOf(sum: StreamReading | undefined, added: StreamReading): StreamReading {
  if (sum === undefined) return added;
  return {
    subscribers: sum.subscribers + added.subscribers,
    groups: sum.groups + added.groups,
    projections: sum.projections + added.projections,
    readers: sum.readers + added.readers,
    ring: { events: sum.ring.events + added.ring.events, bytes: sum.ring.bytes + added.ring.bytes },
  };
}
