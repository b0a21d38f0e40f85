import type { ExpiryReason } from '../broker/history.ts';
import { OperationError } from '../error/operation-error.ts';

const EXPLANATIONS: Readonly<Record<ExpiryReason, string>> = {
  trimmed: 'events after it are no longer kept',
  recreated: 'the log was made anew since',
  truncated: 'the log was cut before it',
  invalid: 'it is no cursor of this topic and these parameters',
};

/** P93: `oldest` is a cursor from which everything that is kept can be read. */
export function cursorExpired(reason: ExpiryReason, oldest: string | undefined): OperationError {
  return new OperationError('CURSOR_EXPIRED', `The cursor cannot be resumed from: ${EXPLANATIONS[reason]}.`, {
    reason,
    ...(oldest === undefined ? {} : { oldest }),
  });
}
