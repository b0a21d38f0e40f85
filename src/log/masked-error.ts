import { randomUUID } from 'node:crypto';
import { OperationError } from '../error/operation-error.ts';
import type { Logger } from './logger.ts';

/** A bug, as a client may see it: masked, with an id that is also in the log (A70). */
export function maskedError(error: unknown, log: Logger): OperationError {
  const id = randomUUID();
  log.error('unexpected error in an operation', {
    id,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  return new OperationError(
    'INTERNAL_SERVER_ERROR',
    `Something went wrong. The server's log has the details under the id ${id}.`,
    { id },
  );
}
