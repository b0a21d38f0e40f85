import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TopicName } from '../../routing/topic.ts';
import { BrokerSettingsError } from '../start-error.ts';
import { LOG_FILE } from './config.ts';
import type { LogTopic } from './messages.ts';
import {
  messageOf,
  SQLITE_CANTOPEN,
  SQLITE_CORRUPT,
  SQLITE_NOTADB,
  SQLITE_READONLY,
  sqliteCode,
} from './sqlite-error.ts';

/** `user_version` of the file. */
export const SCHEMA_VERSION = 1;

/**
 * One sequence runs through the whole file and is never given twice, so every stream (an instance, or all of a topic) reads in its order.
 * A row's sequence ends every index by itself, because it is the row id.
 */
const SCHEMA = `
  CREATE TABLE log (
    id INTEGER PRIMARY KEY,
    topic TEXT NOT NULL UNIQUE,
    -- Random; a cursor of another epoch belongs to a log that is gone.
    epoch TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- The highest sequence that trimming removed from any of its instances.
    trimmed_through INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE instance (
    id INTEGER PRIMARY KEY,
    log_id INTEGER NOT NULL REFERENCES log (id),
    name TEXT NOT NULL,
    -- The highest sequence that trimming removed: a cursor below it has lost events.
    trimmed_through INTEGER NOT NULL DEFAULT 0,
    UNIQUE (log_id, name)
  ) STRICT;
  CREATE TABLE event (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    log_id INTEGER NOT NULL REFERENCES log (id),
    instance_id INTEGER NOT NULL REFERENCES instance (id),
    key TEXT,
    value BLOB NOT NULL,
    timestamp INTEGER NOT NULL,
    -- The highest timestamp in the file up to this row: it never falls, whatever the clock did, so that a time is found by halving.
    newest INTEGER NOT NULL,
    attributes TEXT
  ) STRICT;
  CREATE INDEX event_by_log ON event (log_id);
  CREATE INDEX event_by_instance ON event (instance_id);
  CREATE INDEX event_by_time ON event (log_id, timestamp);
  CREATE TABLE probe (id INTEGER PRIMARY KEY, filler BLOB NOT NULL) STRICT;
`;

/** One topic's log in the file. */
export interface Log extends LogTopic {
  readonly id: number;
  readonly epoch: string;
}

export interface LogFile {
  readonly database: DatabaseSync;
  readonly logs: ReadonlyMap<TopicName, Log>;
}

/**
 * Opens or makes the log, and a log row with a new epoch for every topic that has none. A commit on the result returns after the sync.
 * Throws BrokerSettingsError for a file that this version must not touch, SQLite's own error for a full or failing disk.
 */
export function openLogFile(
  folder: string,
  topics: readonly LogTopic[],
  now: number,
  maxFileBytes: number | undefined,
): LogFile {
  const path = join(folder, LOG_FILE);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 2_000, enableForeignKeyConstraints: false });
    prepare(database, path, maxFileBytes);
    return { database, logs: ensureLogs(database, topics, now) };
  } catch (error) {
    database?.close();
    switch (sqliteCode(error)) {
      case SQLITE_NOTADB:
      case SQLITE_CORRUPT:
        throw new BrokerSettingsError(
          `${path} is not a log that can be read: ${messageOf(error)}.`,
          'Restore it from a backup, or move it away and start with an empty log.',
          { cause: error },
        );
      case SQLITE_CANTOPEN:
      case SQLITE_READONLY:
        throw new BrokerSettingsError(
          `${path} is not writable: ${messageOf(error)}.`,
          'Give this user the right to write it, or name another folder with --data-dir.',
          { cause: error },
        );
      default:
        throw error;
    }
  }
}

function prepare(database: DatabaseSync, path: string, maxFileBytes: number | undefined): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > SCHEMA_VERSION) {
    throw new BrokerSettingsError(
      `${path} was written by a newer Sluice (log version ${version}, this one knows ${SCHEMA_VERSION}).`,
      'Start that version, or name another folder with --data-dir.',
    );
  }
  // WAL with FULL: every commit ends in a sync of the write-ahead log (F32). NORMAL would sync at checkpoints only.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;');
  if (maxFileBytes !== undefined) {
    const pageSize = Number(database.prepare('PRAGMA page_size').get()?.['page_size']);
    database.exec(`PRAGMA max_page_count = ${Math.floor(maxFileBytes / pageSize)}`);
  }
  if (version === 0) database.exec(`BEGIN IMMEDIATE; ${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT;`);
}

function ensureLogs(database: DatabaseSync, topics: readonly LogTopic[], now: number): ReadonlyMap<TopicName, Log> {
  const find = database.prepare('SELECT id, epoch FROM log WHERE topic = ?');
  const insert = database.prepare('INSERT INTO log (topic, epoch, created_at) VALUES (?, ?, ?)');
  const logs = new Map<TopicName, Log>();
  database.exec('BEGIN IMMEDIATE');
  for (const topic of topics) {
    const row = find.get(topic.name);
    if (row !== undefined) {
      logs.set(topic.name, { ...topic, id: Number(row['id']), epoch: String(row['epoch']) });
      continue;
    }
    const epoch = randomBytes(9).toString('base64url');
    const { lastInsertRowid } = insert.run(topic.name, epoch, now);
    logs.set(topic.name, { ...topic, id: Number(lastInsertRowid), epoch });
  }
  database.exec('COMMIT');
  return logs;
}
