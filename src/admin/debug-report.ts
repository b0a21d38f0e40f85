import { type BusyStream, type OpenTopic, sumOf } from '../fanout/stream-reading.ts';
import type { ConnectionReading, ConnectionsReading } from '../metrics/readings.ts';

/** At most so many streams, and so many connections, are shown. */
export const SHOWN = 100;

/** One topic, whether or not anything is open on it. */
export interface TopicDebug extends OpenTopic {
  /** Since the last look, as `ratesOverSeconds` says. */
  readonly eventsPerSecond: number;
}

export interface StreamDebug extends BusyStream {
  /** From 1; undefined with one process. */
  readonly worker?: number;
}

export interface ConnectionDebug extends ConnectionReading {
  /** From 1; undefined with one process. */
  readonly worker?: number;
}

/** What `/debug/topics` and `/debug/connections` show: plain data, of one process or of several. */
export interface DebugReport {
  /** The time behind `eventsPerSecond`. */
  readonly ratesOverSeconds: number;
  readonly topics: readonly TopicDebug[];
  /** Those with most records a second. */
  readonly streams: readonly StreamDebug[];
  readonly connections: Omit<ConnectionsReading, 'slowest'> & { readonly slowest: readonly ConnectionDebug[] };
}

/** The reports of several workers as one. Pure. */
export function joinedDebug(reports: readonly { readonly worker: number; readonly debug: DebugReport }[]): DebugReport {
  const topics = new Map<string, TopicDebug>();
  for (const { debug } of reports) {
    for (const topic of debug.topics) {
      const sum = topics.get(topic.topic);
      topics.set(topic.topic, {
        ...topic,
        ...sumOf(sum, topic),
        streams: (sum?.streams ?? 0) + topic.streams,
        eventsPerSecond: (sum?.eventsPerSecond ?? 0) + topic.eventsPerSecond,
      });
    }
  }
  const streams = reports.flatMap(({ worker, debug }) => debug.streams.map((stream) => ({ ...stream, worker })));
  const connections = reports.flatMap(({ worker, debug }) =>
    debug.connections.slowest.map((connection) => ({ ...connection, worker })),
  );
  return {
    ratesOverSeconds: Math.max(0, ...reports.map(({ debug }) => debug.ratesOverSeconds)),
    topics: [...topics.values()],
    streams: streams.sort((one, other) => other.recordsPerSecond - one.recordsPerSecond).slice(0, SHOWN),
    connections: {
      total: reports.reduce((sum, { debug }) => sum + debug.connections.total, 0),
      slowest: connections
        .sort((one, other) => other.waitingBytes - one.waitingBytes || other.ageSeconds - one.ageSeconds)
        .slice(0, SHOWN),
    },
  };
}
