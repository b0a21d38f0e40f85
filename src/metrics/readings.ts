/** Readings of replays, taken at a scrape. */
export interface ReplayReadings {
  /** Reads of history under way. */
  readers(): number;
  /** Readers that wait for a place. */
  waiting(): number;
  ringBytes(): number;
  /** How old the event is at which the furthest-behind reader stands. */
  lagSeconds(): number;
}

/** What is open for one topic. */
export interface TopicReading {
  readonly topic: string;
  readonly delivery: string;
  /** Tails on the broker. */
  readonly streams: number;
  readonly groups: number;
  /** Compiled selections, which groups share. */
  readonly projections: number;
}

/** Checked documents that are kept. */
export interface DocumentReadings {
  readonly size: number;
  readonly hits: number;
  readonly misses: number;
}

/** How far the tails of one topic stand behind the end of its log, in records, as of the broker's last answer. */
export interface LagReading {
  readonly topic: string;
  /** Records that were written and not read. */
  readonly records: number;
  /** Records that an open transaction keeps back (F41). */
  readonly heldBack: number;
}

/** One open connection, for people. */
export interface ConnectionReading {
  /** As in log lines and traces; undefined where nobody gives ids. */
  readonly id: string | undefined;
  readonly transport: 'websocket' | 'event-stream';
  /** As far as it is known; of an IPv6 address its first half. */
  readonly address: string | undefined;
  readonly ageSeconds: number;
  readonly subscriptions: number;
  /** Bytes that wait in memory because the peer does not read them. */
  readonly waitingBytes: number;
}

/** The open connections of a listener. */
export interface ConnectionsReading {
  readonly total: number;
  /** Those for which most bytes wait, then the oldest. */
  readonly slowest: readonly ConnectionReading[];
}
