import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Log, LogFile } from './log-file.ts';

/** Events removed in one transaction at most, so that a publish waits for one slice and no longer. */
export const TRIM_SLICE = 500;

/** Instances whose number is looked at in one slice at most: each look walks `maxEvents` index entries. */
const INSTANCES_A_SLICE = 20;

export interface TrimResult {
  readonly removed: number;
  /** There may be more to remove: call again, after letting publishes pass. */
  readonly more: boolean;
}

/** Removes what the topics' policies let go: by age, and on BUFFERED topics by number in each instance. */
export class Trimmer {
  readonly #database: DatabaseSync;
  readonly #logs: readonly Log[];
  readonly #grown: Set<number>;
  readonly #expired: StatementSync;
  readonly #surplus: StatementSync;
  readonly #surplusRows: StatementSync;
  readonly #limits: StatementSync;
  readonly #remove: StatementSync;
  readonly #markInstance: StatementSync;
  readonly #markLog: StatementSync;

  /** `grown` are the instances to look at for their number; entries are taken out once they are within it. */
  constructor({ database, logs }: LogFile, grown: Set<number>) {
    this.#database = database;
    this.#logs = [...logs.values()];
    this.#grown = grown;
    this.#expired = database.prepare(
      'SELECT sequence, instance_id FROM event WHERE log_id = ? AND timestamp < ? ORDER BY timestamp, sequence LIMIT ?',
    );
    this.#surplus = database.prepare(
      'SELECT sequence FROM event WHERE instance_id = ? ORDER BY sequence DESC LIMIT 1 OFFSET ?',
    );
    this.#surplusRows = database.prepare(
      'SELECT sequence, instance_id FROM event WHERE instance_id = ? AND sequence <= ? ORDER BY sequence LIMIT ?',
    );
    this.#limits = database.prepare('SELECT log_id FROM instance WHERE id = ?');
    this.#remove = database.prepare('DELETE FROM event WHERE sequence = ?');
    this.#markInstance = database.prepare('UPDATE instance SET trimmed_through = max(trimmed_through, ?) WHERE id = ?');
    this.#markLog = database.prepare('UPDATE log SET trimmed_through = max(trimmed_through, ?) WHERE id = ?');
    // What grew before this start is not known: look at every instance once.
    const bounded = this.#logs.filter(({ maxEvents }) => maxEvents !== undefined);
    const instances = database.prepare('SELECT id FROM instance WHERE log_id = ?');
    for (const log of bounded) for (const row of instances.all(log.id)) grown.add(Number(row['id']));
  }

  /** Removes one slice. `now` in milliseconds since the epoch. Throws SQLite's error, with nothing removed. */
  trim(now: number): TrimResult {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      let room = TRIM_SLICE;
      for (const log of this.#logs) {
        if (room === 0 || log.retentionMs === undefined) continue;
        room -= this.#delete(log.id, this.#expired.all(log.id, now - log.retentionMs, room));
      }
      const within: number[] = [];
      for (const instance of this.#grown) {
        if (room === 0 || within.length === INSTANCES_A_SLICE) break;
        room -= this.#trimInstance(instance, room);
        if (room > 0) within.push(instance);
      }
      this.#database.exec('COMMIT');
      for (const instance of within) this.#grown.delete(instance);
      return { removed: TRIM_SLICE - room, more: room === 0 || this.#grown.size > 0 };
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #trimInstance(instance: number, room: number): number {
    const logId = Number(this.#limits.get(instance)?.['log_id']);
    const maxEvents = this.#logs.find(({ id }) => id === logId)?.maxEvents;
    if (maxEvents === undefined) return 0;
    const newestToGo = this.#surplus.get(instance, maxEvents)?.['sequence'];
    if (newestToGo === undefined) return 0;
    return this.#delete(logId, this.#surplusRows.all(instance, Number(newestToGo), room));
  }

  #delete(logId: number, rows: readonly Record<string, unknown>[]): number {
    const highest = new Map<number, number>();
    for (const row of rows) {
      const [sequence, instance] = [Number(row['sequence']), Number(row['instance_id'])];
      this.#remove.run(sequence);
      highest.set(instance, Math.max(sequence, highest.get(instance) ?? 0));
    }
    for (const [instance, sequence] of highest) this.#markInstance.run(sequence, instance);
    if (highest.size > 0) this.#markLog.run(Math.max(...highest.values()), logId);
    return rows.length;
  }
}
