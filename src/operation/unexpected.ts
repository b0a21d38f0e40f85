import type { WireError } from '../error/operation-error.ts';
import type { Logger } from '../log/logger.ts';
import { maskedError } from '../log/masked-error.ts';

/** A bug, as a client may see it at a path of its result: masked, with an id that is also in the log (A70). */
export function maskUnexpected(error: unknown, log: Logger, path?: readonly (string | number)[]): WireError {
  return maskedError(error, log).toWire(path);
}
