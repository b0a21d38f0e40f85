import type { Chunk, Expired, History, Unavailable } from '../../src/broker/history.ts';
import type { Broker } from '../../src/broker/port.ts';
import type { PartitionPosition, StreamPosition } from '../../src/routing/position.ts';
import { delegate, type Fault } from './broken-brokers.ts';

/** A broker whose history hands every question on, except those that a fault replaces. */
export function withHistory(replace: (history: History) => Partial<History>): (broker: Broker) => Broker {
  return (broker) => {
    const { history } = broker;
    if (history === undefined) throw new Error(`${broker.name} has no history to break`);
    const working: History = {
      locate: (stream, start) => history.locate(stream, start),
      resume: (stream, position) => history.resume(stream, position),
      read: (stream, partition, log, position, limits) => history.read(stream, partition, log, position, limits),
      readBackwards: (stream, partition, log, position, limits) =>
        history.readBackwards(stream, partition, log, position, limits),
    };
    return delegate(broker, { history: { ...working, ...replace(history) } });
  };
}

/** Replaces the chunks of forward reads. */
export const withChunks = (
  replace: (chunk: Chunk, position: PartitionPosition) => Chunk,
): ((broker: Broker) => Broker) =>
  withHistory((history) => ({
    async read(stream, partition, log, position, limits) {
      const answer = await history.read(stream, partition, log, position, limits);
      return answer.type === 'chunk' ? replace(answer, position) : answer;
    },
  }));

/** Replaces the chunks of backward reads. */
const withBackwardChunks = (replace: (chunk: Chunk) => Chunk): ((broker: Broker) => Broker) =>
  withHistory((history) => ({
    async readBackwards(stream, partition, log, position, limits) {
      const answer = await history.readBackwards(stream, partition, log, position, limits);
      return answer.type === 'chunk' ? replace(answer) : answer;
    },
  }));

function moved(position: PartitionPosition, by: number): PartitionPosition {
  return position.type === 'log' ? { type: 'log', sequence: Math.max(0, position.sequence + by) } : position;
}

/** Reads on from the oldest place instead of saying that a position has expired. */
function silently(reason: Expired['reason']): (broker: Broker) => Broker {
  return withHistory((history) => ({
    async resume(stream, position) {
      const answer = await history.resume(stream, position);
      if (answer.type !== 'expired' || answer.reason !== reason || answer.oldest === undefined) return answer;
      return { type: 'valid', position: answer.oldest };
    },
    async read(stream, partition, log, position, limits): Promise<Chunk | Expired | Unavailable> {
      const answer = await history.read(stream, partition, log, position, limits);
      const [oldest] = answer.type === 'expired' && answer.reason === reason ? (answer.oldest?.partitions ?? []) : [];
      if (answer.type !== 'expired' || oldest === undefined) return answer;
      return history.read(stream, partition, answer.oldest?.log ?? log, oldest, limits);
    },
  }));
}

/** The place so many sequences later. */
export const shifted = (position: StreamPosition, by: number): StreamPosition => ({
  log: position.log,
  partitions: position.partitions.map((place) => moved(place, by)),
});

/** What a broker with a history can do wrong, on the embedded log. */
export const faultsOfHistories: readonly Fault[] = [
  {
    fault: 'a read that drops the last record of a full chunk',
    seenBy: 'chunks of any size',
    breakIt: withChunks((chunk) => (chunk.atEnd ? chunk : { ...chunk, records: chunk.records.slice(0, -1) })),
  },
  {
    fault: 'a read that brings the last record of a chunk again with the next',
    seenBy: 'chunks of any size',
    breakIt: withChunks((chunk) =>
      chunk.atEnd || chunk.records.length < 2 ? chunk : { ...chunk, next: moved(chunk.next, -1) },
    ),
  },
  {
    fault: 'a reader beside a publisher that skips what is written meanwhile',
    seenBy: 'J1, J4: a reader beside a publisher',
    breakIt: withChunks((chunk) =>
      chunk.atEnd && chunk.records.length > 0 ? { ...chunk, records: chunk.records.slice(0, -1) } : chunk,
    ),
  },
  {
    fault: '`atEnd` although more stands behind',
    seenBy: '`atEnd` is true at the end',
    breakIt: withChunks((chunk) => ({ ...chunk, atEnd: true })),
  },
  {
    fault: '`atEnd` never',
    seenBy: '`atEnd` is true at the end',
    breakIt: withChunks((chunk) => ({ ...chunk, atEnd: false })),
  },
  {
    fault: 'a history of other instances too',
    seenBy: 'the history of an instance',
    breakIt: withHistory((history) => ({
      read: (stream, ...rest) => history.read({ ...stream, instance: undefined }, ...rest),
    })),
  },
  {
    fault: 'a backward chunk that is newest first',
    seenBy: 'a log read backwards in chunks',
    breakIt: withBackwardChunks((chunk) => ({ ...chunk, records: chunk.records.toReversed() })),
  },
  {
    fault: 'a backward read that goes on one record too far back',
    seenBy: 'reading back one by one',
    breakIt: withBackwardChunks((chunk) => (chunk.atEnd ? chunk : { ...chunk, next: moved(chunk.next, -1) })),
  },
  {
    fault: 'a backward read without the record of its position',
    seenBy: 'reading back from a record',
    breakIt: withHistory((history) => ({
      readBackwards: (stream, partition, log, position, limits) =>
        history.readBackwards(stream, partition, log, moved(position, -1), limits),
    })),
  },
  {
    fault: 'a latest place that is the earliest',
    seenBy: 'earliest stands before every record',
    breakIt: withHistory((history) => ({
      locate: (stream, start) => history.locate(stream, start.type === 'latest' ? { type: 'earliest' } : start),
    })),
  },
  {
    fault: 'a time that is taken for a record later',
    seenBy: 'a time is the place',
    breakIt: withHistory((history) => ({
      async locate(stream, start) {
        const answer = await history.locate(stream, start);
        if (start.type !== 'time' || answer.type !== 'located') return answer;
        return { ...answer, position: shifted(answer.position, 1) };
      },
    })),
  },
  {
    fault: 'an empty log that has no place',
    seenBy: 'an instance that holds nothing yet',
    breakIt: withHistory((history) => ({
      async locate(stream, start) {
        const answer = await history.locate(stream, start);
        if (answer.type !== 'located') return answer;
        const [place] = answer.position.partitions;
        return place?.type === 'log' && place.sequence === 0 ? { type: 'unavailable', reason: 'empty' } : answer;
      },
    })),
  },
  {
    fault: 'a trim that nobody is told of',
    seenBy: 'F7, F15: a place that was trimmed past',
    breakIt: silently('trimmed'),
  },
  {
    fault: 'a quiet place that is called trimmed',
    seenBy: 'F7: a quiet place stays good',
    breakIt: withHistory((history) => ({
      resume: (stream, position) => history.resume(stream, shifted(position, -1)),
    })),
  },
  {
    fault: 'an edge that is called trimmed',
    seenBy: 'F7: a place behind which nothing was trimmed',
    breakIt: withHistory((history) => ({
      resume: (stream, position) => history.resume(stream, shifted(position, -1)),
    })),
  },
  {
    fault: 'a place of another log that is read from in silence',
    seenBy: 'F14: a place of another log',
    breakIt: silently('recreated'),
  },
  {
    fault: 'a log made anew that is read from in silence',
    seenBy: 'F14: places of a log that was made anew',
    breakIt: silently('recreated'),
  },
  {
    fault: 'a place behind the end that is waited at',
    seenBy: 'F16: a place behind the end',
    breakIt: silently('truncated'),
  },
  {
    fault: 'a partition that is taken for the first',
    seenBy: 'a partition that does not exist',
    breakIt: withHistory((history) => ({
      read: (stream, _partition, log, position, limits) => history.read(stream, 0, log, position, limits),
    })),
  },
  {
    fault: 'a resume that skips a record',
    seenBy: 'every place of a log',
    breakIt: withHistory((history) => ({
      async resume(stream, position) {
        const answer = await history.resume(stream, position);
        return answer.type === 'valid' ? { ...answer, position: shifted(answer.position, 1) } : answer;
      },
    })),
  },
  {
    fault: 'places that mean nothing to another gateway',
    seenBy: 'a place stays good for another gateway',
    breakIt(broker) {
      const own = String(performance.now()).replace('.', '');
      const inside = (position: StreamPosition): StreamPosition => ({
        ...position,
        log: position.log.slice(own.length),
      });
      const outside = (position: StreamPosition): StreamPosition => ({ ...position, log: own + position.log });
      return withHistory((history) => ({
        async locate(stream, start) {
          const answer = await history.locate(stream, start);
          return answer.type === 'located' ? { ...answer, position: outside(answer.position) } : answer;
        },
        resume: (stream, position) => history.resume(stream, inside(position)),
        read: (stream, partition, log, position, limits) =>
          history.read(stream, partition, log.slice(own.length), position, limits),
      }))(broker);
    },
  },
  {
    fault: 'a closed broker that says its log is empty',
    seenBy: 'the history of a closed broker',
    breakIt: withHistory((history) => ({
      async read(stream, partition, log, position, limits) {
        const answer = await history.read(stream, partition, log, position, limits);
        return answer.type === 'unavailable' ? { type: 'chunk', records: [], next: position, atEnd: true } : answer;
      },
    })),
  },
];
