import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { TopicInstance, TopicName } from '../../routing/topic.ts';
import type { Log, LogFile } from './log-file.ts';
import type { LoggedEvent, NewEvent } from './messages.ts';
import { messageOf, SQLITE_BUSY, SQLITE_FULL, SQLITE_READONLY, sqliteCode } from './sqlite-error.ts';

/** Ids of instances that are remembered; the oldest is looked up again. */
const REMEMBERED_INSTANCES = 10_000;

export type AppendResult =
  | { readonly type: 'appended'; readonly first: number }
  | { readonly type: 'refused-append'; readonly reason: string }
  | { readonly type: 'unclear-append'; readonly reason: string };

/** Appends batches to the log, each in one transaction: all of it or nothing. */
export class Appender {
  readonly #database: DatabaseSync;
  readonly #logs: ReadonlyMap<TopicName, Log>;
  readonly #insert: StatementSync;
  readonly #findInstance: StatementSync;
  readonly #insertInstance: StatementSync;
  readonly #instances = new Map<TopicInstance, number>();
  /** The highest timestamp so far. A batch that is rolled back may leave it too high, which costs a search by time a few rows. */
  #newest: number;
  /** Instances of logs with `maxEvents` that grew since they were last trimmed. */
  readonly grown: Set<number> = new Set<number>();

  constructor({ database, logs }: LogFile) {
    this.#database = database;
    this.#logs = logs;
    this.#insert = database.prepare(
      'INSERT INTO event (log_id, instance_id, key, value, timestamp, newest, attributes) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#findInstance = database.prepare('SELECT id FROM instance WHERE log_id = ? AND name = ?');
    this.#insertInstance = database.prepare('INSERT INTO instance (log_id, name) VALUES (?, ?)');
    const last = database.prepare('SELECT newest FROM event ORDER BY sequence DESC LIMIT 1').get();
    this.#newest = Number(last?.['newest'] ?? Number.MIN_SAFE_INTEGER);
  }

  /** Returns after the commit is synced. Throws only when the connection is past use. */
  append(events: readonly NewEvent[]): AppendResult {
    let first = 0;
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      for (const event of events) {
        const sequence = this.#appendOne(event);
        if (first === 0) first = sequence;
      }
    } catch (error) {
      this.#rollBack();
      return { type: 'refused-append', reason: messageOf(error) };
    }
    try {
      this.#database.exec('COMMIT');
      return { type: 'appended', first };
    } catch (error) {
      const reason = messageOf(error);
      switch (sqliteCode(error)) {
        // The commit record itself could not be written.
        case SQLITE_FULL:
        case SQLITE_BUSY:
        case SQLITE_READONLY:
          this.#rollBack();
          return { type: 'refused-append', reason };
        // It may have been written before the sync failed; after a crash it may be found.
        default:
          return { type: 'unclear-append', reason };
      }
    }
  }

  /** The highest sequence ever given; 0 when none was. */
  last(): number {
    const row = this.#database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'event'").get();
    return Number(row?.['seq'] ?? 0);
  }

  /** What stands in the log after a sequence. */
  after(sequence: number): LoggedEvent[] {
    const rows = this.#database
      .prepare(
        `SELECT sequence, log.topic, instance.name, key, value, timestamp FROM event
         JOIN log ON log.id = event.log_id JOIN instance ON instance.id = event.instance_id
         WHERE sequence > ? ORDER BY sequence`,
      )
      .all(sequence);
    return rows.map((row) => ({
      topic: String(row['topic']) as TopicName,
      instance: String(row['name']) as TopicInstance,
      key: row['key'] === null ? undefined : String(row['key']),
      value: row['value'] as Uint8Array,
      timestamp: Number(row['timestamp']),
      sequence: Number(row['sequence']),
    }));
  }

  #appendOne(event: NewEvent): number {
    const log = this.#logs.get(event.topic);
    if (log === undefined) throw new Error(`There is no log of the topic ${event.topic}`);
    const instance = this.#instanceId(log.id, event.instance);
    if (log.maxEvents !== undefined) this.grown.add(instance);
    this.#newest = Math.max(this.#newest, event.timestamp);
    const { lastInsertRowid } = this.#insert.run(
      log.id,
      instance,
      event.key ?? null,
      Buffer.from(event.value),
      event.timestamp,
      this.#newest,
      event.attributes ?? null,
    );
    return Number(lastInsertRowid);
  }

  #instanceId(logId: number, name: TopicInstance): number {
    const known = this.#instances.get(name);
    if (known !== undefined) return known;
    const row = this.#findInstance.get(logId, name);
    const id = Number(row === undefined ? this.#insertInstance.run(logId, name).lastInsertRowid : row['id']);
    if (this.#instances.size >= REMEMBERED_INSTANCES) {
      for (const oldest of this.#instances.keys()) {
        this.#instances.delete(oldest);
        break;
      }
    }
    this.#instances.set(name, id);
    return id;
  }

  #rollBack(): void {
    // Some of the remembered rows may be rolled back.
    this.#instances.clear();
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
  }
}
