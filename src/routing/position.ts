/**
 * Where a reader stands in one partition: everything before it was read, everything after it was not.
 * Two of them compare only within one partition of one log.
 */
export type PartitionPosition =
  | {
      readonly type: 'kafka';
      /** Offset of the next record to read. */
      readonly next: bigint;
      /** Leader epoch of the last record read; -1 when it is not known. */
      readonly leaderEpoch: number;
    }
  | {
      readonly type: 'redis-stream';
      /** Id of the last entry read, `<ms>-<n>`; `0-0` before the first. */
      readonly id: string;
      /** Ordinal of that entry since the stream was born; 0 before the first. */
      readonly ordinal: number;
    }
  | {
      readonly type: 'log';
      /** Sequence of the last record read; 0 before the first. */
      readonly sequence: number;
    };

/** Where a reader stands in a whole stream: what a cursor says, and what a read goes on from. Immutable. */
export interface StreamPosition {
  /**
   * The identity of the log: Kafka's topic id (UUID), the epoch of a Redis stream or of the embedded log.
   * A log that was made anew has another one.
   */
  readonly log: string;
  /** By partition number; Redis Streams and the embedded log have one. Never empty. */
  readonly partitions: readonly PartitionPosition[];
}

/** Below 0 when `a` comes before `b`, 0 when they are the same place. Both belong to one partition of one log. */
export function comparePositions(a: PartitionPosition, b: PartitionPosition): number {
  switch (a.type) {
    case 'kafka':
      return b.type === 'kafka' ? compare(a.next, b.next) : unlike(a, b);
    case 'redis-stream':
      return b.type === 'redis-stream' ? compareEntryIds(a.id, b.id) : unlike(a, b);
    case 'log':
      return b.type === 'log' ? a.sequence - b.sequence : unlike(a, b);
    default:
      throw a satisfies never;
  }
}

/** Compares two ids of Redis stream entries, `<ms>-<n>`: both parts are unsigned 64-bit integers. */
export function compareEntryIds(a: string, b: string): number {
  if (a === b) return 0;
  const [aTime, aCount] = entryIdParts(a);
  const [bTime, bCount] = entryIdParts(b);
  return compareDigits(aTime, bTime) || compareDigits(aCount, bCount);
}

function entryIdParts(id: string): readonly [time: string, count: string] {
  const dash = id.indexOf('-');
  return dash === -1 ? [id, '0'] : [id.slice(0, dash), id.slice(dash + 1)];
}

/** Decimal numbers without leading zeros: the longer one is the larger one. */
function compareDigits(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function unlike(a: PartitionPosition, b: PartitionPosition): never {
  throw new Error(`A position of ${a.type} does not compare with one of ${b.type}.`);
}
