import type { BrokerRecord } from '../broker/record.ts';
import type { Stream } from '../broker/stream.ts';
import type { PartitionPosition } from '../routing/position.ts';

/** Where a reader stands after a record of a replayable broker. */
export function positionAfter({ position }: BrokerRecord): PartitionPosition {
  switch (position?.type) {
    case 'kafka':
      return { type: 'kafka', next: position.offset + 1n, leaderEpoch: position.leaderEpoch };
    case 'redis-stream':
      return { type: 'redis-stream', id: position.id, ordinal: position.ordinal };
    case 'log':
      return { type: 'log', sequence: position.sequence };
    case undefined:
      throw new Error('A record of a replayable broker came without a position.');
    default:
      throw position satisfies never;
  }
}

/** The index of a record's partition in its stream's positions. A stream of one partition has it first, whatever its number. */
export function partitionIndex(stream: Stream, { position }: BrokerRecord): number {
  return position?.type === 'kafka' && stream.partition === undefined ? position.partition : 0;
}
