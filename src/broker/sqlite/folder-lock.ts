import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BrokerSettingsError } from '../start-error.ts';
import { LOCK_FILE } from './config.ts';
import { messageOf, SQLITE_BUSY, SQLITE_CANTOPEN, SQLITE_READONLY, sqliteCode } from './sqlite-error.ts';

/** How long a lock is waited for, in milliseconds: a process that is just being replaced has time to let go. */
const PATIENCE_MS = 2_000;

const FIX_FOLDER = 'Name a folder that this user may write to with --data-dir.';

/**
 * Makes the folder and takes it for this process. The lock is SQLite's own exclusive lock on an empty database beside the log,
 * so that the log itself stays readable for other tools, and a killed process leaves nothing behind to clean up.
 *
 * Throws BrokerSettingsError when the folder cannot be used or another process has it. Close the result to let go.
 */
export function lockFolder(folder: string): DatabaseSync {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new BrokerSettingsError(`The data folder ${folder} cannot be made: ${messageOf(error)}.`, FIX_FOLDER, {
      cause: error,
    });
  }
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(join(folder, LOCK_FILE), { timeout: PATIENCE_MS });
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    const code = sqliteCode(error);
    if (code === SQLITE_BUSY) {
      throw new BrokerSettingsError(
        `Another Sluice is using the data folder ${folder}.`,
        'Stop it, or give this one a folder of its own with --data-dir.',
        { cause: error },
      );
    }
    if (code === SQLITE_CANTOPEN || code === SQLITE_READONLY) {
      throw new BrokerSettingsError(`The data folder ${folder} is not writable: ${messageOf(error)}.`, FIX_FOLDER, {
        cause: error,
      });
    }
    throw error;
  }
}
