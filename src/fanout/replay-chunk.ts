import type { Chunk } from '../broker/history.ts';
import type { Stream } from '../broker/stream.ts';
import { comparePositions, type PartitionPosition } from '../routing/position.ts';
import type { TopicInstance } from '../routing/topic.ts';
import { decodeRecord } from './decode.ts';
import type { Event } from './event.ts';
import type { Group } from './group.ts';
import { positionAfter } from './position-after.ts';
import type { PayloadBatch } from './subscriber-sink.ts';

/** One record of a replay. */
export interface ReplayRecord {
  /** Undefined for a record that is no event: a tombstone. */
  readonly event: Event | undefined;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly after: PartitionPosition;
}

/** One event of a replay. */
export interface ReplayEvent {
  readonly event: Event;
  readonly after: PartitionPosition;
}

/** A chunk of one partition's history, decoded once for all who read it. Its records stay true: it is a piece of the log. */
export class ReplayChunk {
  readonly type = 'chunk';
  /** The place before its first record. */
  readonly start: PartitionPosition;
  readonly records: readonly ReplayRecord[];
  readonly next: PartitionPosition;
  readonly atEnd: boolean;
  /** Of record values. */
  readonly bytes: number;
  /** What the whole chunk became for a group; only for streams of one partition, where the place decides the cursors, too. */
  readonly batches: Map<Group, PayloadBatch> = new Map();
  /** Events by instance, those of every instance under undefined; made when it is first asked for. */
  #byInstance: Map<TopicInstance | undefined, ReplayEvent[]> | undefined;

  constructor(stream: Stream, start: PartitionPosition, { records, next, atEnd }: Chunk) {
    this.start = start;
    this.records = records.map((record) => ({
      event: decodeRecord(stream.topic, record),
      timestamp: record.timestamp,
      after: positionAfter(record),
    }));
    this.bytes = records.reduce((sum, record) => sum + (record.value?.byteLength ?? 0), 0);
    this.next = next;
    this.atEnd = atEnd;
  }

  /** The events after a position that concern an instance, or all of them; in the order of the log. */
  events(instance: TopicInstance | undefined, position: PartitionPosition): readonly ReplayEvent[] {
    this.#byInstance ??= this.#sorted();
    const events = this.#byInstance.get(instance) ?? [];
    let low = 0;
    let high = events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const event = events[middle];
      if (event !== undefined && comparePositions(event.after, position) <= 0) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? events : events.slice(low);
  }

  #sorted(): Map<TopicInstance | undefined, ReplayEvent[]> {
    const all: ReplayEvent[] = [];
    const sorted = new Map<TopicInstance | undefined, ReplayEvent[]>([[undefined, all]]);
    for (const { event, after } of this.records) {
      if (event === undefined) continue;
      // One that names no instance concerns them all, those included that come later.
      if (event.instance === undefined) for (const events of sorted.values()) events.push({ event, after });
      else {
        all.push({ event, after });
        const own = sorted.get(event.instance) ?? all.filter((earlier) => earlier.event.instance === undefined);
        own.push({ event, after });
        sorted.set(event.instance, own);
      }
    }
    return sorted;
  }
}
