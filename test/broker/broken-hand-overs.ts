import type { StreamPosition } from '../../src/routing/position.ts';
import { type Fault, withSink } from './broken-brokers.ts';
import { shifted, withChunks, withHistory } from './broken-histories.ts';

/** How a tail and a history can disagree, on the embedded log. */
export const faultsOfHandOvers: readonly Fault[] = [
  {
    fault: 'a reading that stops before the place of the tail',
    seenBy: 'hand-over: reading to the end',
    breakIt: withChunks((chunk, position) => ({ ...chunk, next: chunk.records.length > 0 ? chunk.next : position })),
  },
  {
    fault: 'a tail that says it began one record later',
    seenBy: 'hand-over: history read from where a tail began',
    breakIt: withSink((sink) => ({
      positioned: (position) => sink.positioned(shifted(position, 1)),
      record: (record) => sink.record(record),
      advanced: (partition, position) => sink.advanced(partition, position),
      gap: (gap) => sink.gap(gap),
      ended: (reason) => sink.ended(reason),
    })),
  },
  {
    fault: 'a tail that says it began one record earlier',
    seenBy: 'hand-over: history read from where a tail began',
    breakIt: withSink((sink) => ({
      positioned: (position) => sink.positioned(shifted(position, -1)),
      record: (record) => sink.record(record),
      advanced: (partition, position) => sink.advanced(partition, position),
      gap: (gap) => sink.gap(gap),
      ended: (reason) => sink.ended(reason),
    })),
  },
  {
    fault: 'a tail that says where it began with its first record',
    seenBy: 'a tail tells where it begins once',
    breakIt: withSink((sink) => {
      let begun: StreamPosition | undefined;
      return {
        positioned(position) {
          begun = position;
        },
        record(record) {
          if (begun !== undefined) sink.positioned(begun);
          begun = undefined;
          sink.record(record);
        },
        advanced: (partition, position) => sink.advanced(partition, position),
        gap: (gap) => sink.gap(gap),
        ended: (reason) => sink.ended(reason),
      };
    }),
  },
  {
    fault: 'a read that holds the tail up',
    seenBy: 'J4: history reads beside a tail',
    breakIt(broker) {
      let reads = 0;
      let records = 0;
      return withHistory((history) => ({
        async read(stream, partition, log, position, limits) {
          reads++;
          return await history.read(stream, partition, log, position, limits).finally(() => reads--);
        },
      }))(
        withSink((sink) => ({
          positioned: (position) => sink.positioned(position),
          record(record) {
            if (reads > 0 && ++records % 40 === 0) setTimeout(() => sink.record(record), 5);
            else sink.record(record);
          },
          advanced: (partition, position) => sink.advanced(partition, position),
          gap: (gap) => sink.gap(gap),
          ended: (reason) => sink.ended(reason),
        }))(broker),
      );
    },
  },
];
