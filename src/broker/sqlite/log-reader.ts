import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { TopicInstance, TopicName } from '../../routing/topic.ts';
import type { ExpiryReason, StartingPoint } from '../history.ts';
import type { HistoryAnswer, HistoryQuestion, LogPlace, LogStream, StoredRecord } from './history-messages.ts';
import type { Log, LogFile } from './log-file.ts';
import { messageOf } from './sqlite-error.ts';
import { TimeSearch } from './time-search.ts';

/** One answer brings no more, whatever was asked for: a publish waits for one answer at most. */
const SLICE_RECORDS = 1_000;
const SLICE_BYTES = 262_144;

/** Records looked at, behind where a time was found, for the first that is not older; beyond them the reader starts where it was found. */
const TIME_SCAN_RECORDS = 1_000;

/** Reads one column's streams: an instance by `instance_id`, a whole log by `log_id`. */
class StreamStatements {
  readonly last: StatementSync;
  readonly forwards: StatementSync;
  readonly backwards: StatementSync;
  readonly timestamps: StatementSync;

  constructor(database: DatabaseSync, index: 'event_by_instance' | 'event_by_log', column: 'instance_id' | 'log_id') {
    const from = `FROM event INDEXED BY ${index}`;
    const rows = `SELECT sequence, instance.name, key, value, timestamp ${from}
                  JOIN instance ON instance.id = event.instance_id WHERE event.${column} = ?`;
    this.last = database.prepare(`SELECT sequence ${from} WHERE ${column} = ? ORDER BY sequence DESC LIMIT 1`);
    this.forwards = database.prepare(`${rows} AND sequence > ? ORDER BY sequence LIMIT ?`);
    this.backwards = database.prepare(`${rows} AND sequence > ? AND sequence <= ? ORDER BY sequence DESC LIMIT ?`);
    this.timestamps = database.prepare(
      `SELECT sequence, timestamp ${from} WHERE ${column} = ? AND sequence >= ? ORDER BY sequence LIMIT ?`,
    );
  }
}

/** A stream as the file knows it. */
interface KnownStream {
  readonly log: Log;
  readonly statements: StreamStatements;
  /** Value of the column; 0, which no row has, for an instance that never had an event. */
  readonly id: number;
  /** The highest sequence that trimming removed: everything behind it is there. */
  readonly trimmedThrough: number;
}

interface Slice {
  readonly records: readonly StoredRecord[];
  readonly values: readonly Uint8Array[];
  /** A limit cut it short: more follows. */
  readonly cut: boolean;
}

/** Answers what the gateway asks about the log, in the thread that writes it: nothing uncommitted is ever seen. */
export class LogReader {
  readonly #logs: ReadonlyMap<TopicName, Log>;
  readonly #byInstance: StreamStatements;
  readonly #byLog: StreamStatements;
  readonly #times: TimeSearch;
  readonly #instance: StatementSync;
  readonly #log: StatementSync;
  readonly #lastGiven: StatementSync;

  constructor({ database, logs }: LogFile) {
    this.#logs = logs;
    this.#byInstance = new StreamStatements(database, 'event_by_instance', 'instance_id');
    this.#byLog = new StreamStatements(database, 'event_by_log', 'log_id');
    this.#times = new TimeSearch(database);
    this.#instance = database.prepare('SELECT id, trimmed_through FROM instance WHERE log_id = ? AND name = ?');
    this.#log = database.prepare('SELECT trimmed_through FROM log WHERE id = ?');
    this.#lastGiven = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'event'");
  }

  /** Never throws: what SQLite refuses is `unavailable`. */
  answer(question: HistoryQuestion): HistoryAnswer {
    try {
      const stream = this.#known(question.stream);
      if (stream === undefined) {
        return { type: 'unavailable', reason: `The embedded log does not keep ${question.stream.topic}` };
      }
      switch (question.type) {
        case 'locate':
          return this.#locate(stream, question.start);
        case 'resume':
          return this.#expired(stream, question.place, 'forwards') ?? { type: 'valid' };
        case 'read':
          return this.#expired(stream, question.place, question.direction) ?? this.#read(stream, question);
        default:
          throw question satisfies never;
      }
    } catch (error) {
      return { type: 'unavailable', reason: messageOf(error) };
    }
  }

  #known({ topic, instance }: LogStream): KnownStream | undefined {
    const log = this.#logs.get(topic);
    if (log === undefined) return undefined;
    if (instance === undefined) {
      const trimmedThrough = Number(this.#log.get(log.id)?.['trimmed_through']);
      return { log, statements: this.#byLog, id: log.id, trimmedThrough };
    }
    const row = this.#instance.get(log.id, instance);
    const trimmedThrough = Number(row?.['trimmed_through'] ?? 0);
    return { log, statements: this.#byInstance, id: Number(row?.['id'] ?? 0), trimmedThrough };
  }

  #locate(stream: KnownStream, start: StartingPoint): HistoryAnswer {
    switch (start.type) {
      case 'earliest':
        return located(stream, stream.trimmedThrough, false);
      case 'latest':
        return this.#end(stream);
      case 'time':
        return this.#locateTime(stream, start.time);
      default:
        throw start satisfies never;
    }
  }

  #end(stream: KnownStream): HistoryAnswer {
    const last = Number(stream.statements.last.get(stream.id)?.['sequence'] ?? 0);
    return located(stream, last, true);
  }

  #locateTime(stream: KnownStream, time: number): HistoryAnswer {
    const from = this.#times.firstNotOlder(time);
    if (from === undefined) return this.#end(stream);
    const rows = stream.statements.timestamps.all(stream.id, from, TIME_SCAN_RECORDS);
    // The record found belongs to any stream; and after a clock was set back, older ones follow it.
    const first = rows.find((row) => Number(row['timestamp']) >= time);
    if (first !== undefined) return located(stream, Number(first['sequence']) - 1, false);
    return rows.length < TIME_SCAN_RECORDS ? this.#end(stream) : located(stream, from - 1, false);
  }

  /** Reading back needs nothing behind the place: a place that trimming has passed is as good as the start of what is kept. */
  #expired(
    stream: KnownStream,
    { log, sequence }: LogPlace,
    direction: 'forwards' | 'backwards',
  ): HistoryAnswer | undefined {
    if (log !== stream.log.epoch) return expired(stream, 'recreated');
    if (sequence < 0) return expired(stream, 'invalid');
    if (sequence > Number(this.#lastGiven.get()?.['seq'] ?? 0)) return expired(stream, 'truncated');
    return direction === 'forwards' && sequence < stream.trimmedThrough ? expired(stream, 'trimmed') : undefined;
  }

  #read(stream: KnownStream, question: Extract<HistoryQuestion, { type: 'read' }>): HistoryAnswer {
    const { statements, id, trimmedThrough } = stream;
    const { sequence } = question.place;
    const maxRecords = Math.min(question.maxRecords, SLICE_RECORDS);
    const maxBytes = Math.min(question.maxBytes, SLICE_BYTES);
    // One more than asked for tells whether this was the end.
    if (question.direction === 'forwards') {
      const slice = take(statements.forwards.iterate(id, sequence, maxRecords + 1), maxRecords, maxBytes);
      return chunk(slice.records, slice.values, slice.records.at(-1)?.sequence ?? sequence, !slice.cut);
    }
    const rows = statements.backwards.iterate(id, trimmedThrough, sequence, maxRecords + 1);
    const slice = take(rows, maxRecords, maxBytes);
    const records = slice.records.toReversed();
    const next = records[0] === undefined ? sequence : records[0].sequence - 1;
    return chunk(records, slice.values.toReversed(), next, !slice.cut);
  }
}

function located(stream: KnownStream, sequence: number, atEnd: boolean): HistoryAnswer {
  const place = { log: stream.log.epoch, sequence: Math.max(sequence, stream.trimmedThrough) };
  return { type: 'located', place, atEnd };
}

function expired({ log, trimmedThrough }: KnownStream, reason: ExpiryReason): HistoryAnswer {
  return { type: 'expired', reason, oldest: { log: log.epoch, sequence: trimmedThrough } };
}

/** Rows within the limits; one at least. */
function take(rows: Iterable<Record<string, unknown>>, maxRecords: number, maxBytes: number): Slice {
  const records: StoredRecord[] = [];
  const values: Uint8Array[] = [];
  let bytes = 0;
  for (const row of rows) {
    const value = row['value'] as Uint8Array;
    bytes += value.byteLength;
    if (records.length === maxRecords || (records.length > 0 && bytes > maxBytes))
      return { records, values, cut: true };
    values.push(value);
    records.push({
      sequence: Number(row['sequence']),
      instance: String(row['name']) as TopicInstance,
      key: row['key'] === null ? undefined : String(row['key']),
      timestamp: Number(row['timestamp']),
      bytes: value.byteLength,
    });
  }
  return { records, values, cut: false };
}

function chunk(
  records: readonly StoredRecord[],
  values: readonly Uint8Array[],
  next: number,
  atEnd: boolean,
): HistoryAnswer {
  const bytes = new Uint8Array(records.reduce((sum, record) => sum + record.bytes, 0));
  let at = 0;
  for (const value of values) {
    bytes.set(value, at);
    at += value.byteLength;
  }
  return { type: 'chunk', records, bytes: bytes.buffer, next, atEnd };
}
