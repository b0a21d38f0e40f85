import { randomUUID } from 'node:crypto';
import type { WireError } from '../error/operation-error.ts';
import type { Logger } from '../log/logger.ts';

/** A bug, as a client may see it: masked, with an id that is also in the log (A70). */
export function maskUnexpected(error: unknown, log: Logger, path?: readonly (string | number)[]): WireError {
  const id = randomUUID();
  log.error('unexpected error in an operation', {
    id,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  return {
    message: `Something went wrong. The server's log has the details under the id ${id}.`,
    ...(path === undefined ? {} : { path }),
    extensions: { code: 'INTERNAL_SERVER_ERROR', id },
  };
}
