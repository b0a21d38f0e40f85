import type { StreamPosition } from '../routing/position.ts';
import type { Gap, SubscriberSink } from './subscriber-sink.ts';

/** One live subscription in its group: the subscriber itself, because there are as many as clients. */
export interface Member {
  readonly sink: SubscriberSink;
  /** Kept by the group's list. */
  place: number;
  /** Set by the group: its payload count when the member joined; earlier payloads are not for it. */
  joinedAt: number;
  /** What it lost and has not been told with a result yet (EPHEMERAL only). */
  gap: Gap | undefined;
  /** Its socket takes no more: read on from here, by yourself. The member has left the group. Replayable topics only. */
  detach(position: StreamPosition): void;
}
