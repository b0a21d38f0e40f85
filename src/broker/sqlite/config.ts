/** The file of the log within its folder. */
export const LOG_FILE = 'log.sqlite';

/** Held open under an exclusive lock by the process that owns the folder. The kernel drops it with the process, also after kill -9. */
export const LOCK_FILE = 'log.lock';

/** Settings of the embedded log. */
export interface SqliteConfig {
  /** Folder of the log, made when it is missing (`--data-dir`). One process at a time owns it. */
  readonly folder: string;
  /**
   * Bytes of values that wait for their commit at most, those being committed included. Default 64 MiB.
   * What goes beyond is answered `unavailable`; one value above it is `rejected`.
   */
  readonly maxWaitingBytes?: number;
  /** The log file grows no further than this many bytes; publishes are then `unavailable` until trimming frees pages. Default: the disk. */
  readonly maxFileBytes?: number;
}

export const DEFAULT_MAX_WAITING_BYTES: number = 64 * 1024 * 1024;

/** A publish is answered by then, in milliseconds. */
export const PUBLISH_DEADLINE_MS = 5_000;

/** `open()` resolves by then without a contact, in milliseconds, and goes on in the background. */
export const FIRST_CONTACT_MS = 10_000;

/** A read of what is kept is answered by then, in milliseconds. */
export const READ_DEADLINE_MS = 5_000;

/** Reads that wait for the log at most; what goes beyond is answered `unavailable`. */
export const MAX_WAITING_QUESTIONS = 10_000;
