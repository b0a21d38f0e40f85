import type { ErrorCode } from '../../error/operation-error.ts';
import type { RefusedOperation } from '../../operation/port.ts';
import type { Acceptance } from './accept.ts';
import type { HttpResponse } from './http-message.ts';
import { errorsResponse, withHeaders } from './responses.ts';

/** P71: codes that decide the status whatever the response type is. */
const STATUS_BY_CODE: Readonly<Partial<Record<ErrorCode, number>>> = {
  INTERNAL_SERVER_ERROR: 500,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  BROKER_UNAVAILABLE: 503,
};

/**
 * P61, P62: a request that failed before anything ran. As application/graphql-response+json its status is 400; as application/json
 * 200, as clients of that older type expect, unless the client wants an event stream, which does not begin (P45). A code of P71
 * decides for itself, and a limit that time lifts is 429 with Retry-After; a limit on the document itself is like any other
 * invalid document.
 */
export function refusedResponse(refused: RefusedOperation, { responseType, eventStream }: Acceptance): HttpResponse {
  const type = responseType ?? 'application/json';
  const { errors } = refused;
  const status = requestStatus(refused);
  if (status === undefined) {
    const tolerant = type === 'application/json' && eventStream !== 'preferred';
    return errorsResponse(tolerant ? 200 : 400, type, errors);
  }
  const response = errorsResponse(status, type, errors);
  if (status === 401) return withHeaders(response, [['www-authenticate', 'Bearer']]);
  const waitMs = retryAfterMs(refused);
  return waitMs === undefined ? response : withHeaders(response, [['retry-after', String(Math.ceil(waitMs / 1000))]]);
}

/**
 * P45, P46: whether a client that prefers an event stream is told in one (200, errors, complete), or by a status before it begins: the
 * request itself is wrong, or is not allowed now.
 */
export function isToldInStream(refused: RefusedOperation): boolean {
  return refused.stage !== 'syntax' && refused.stage !== 'operation' && requestStatus(refused) === undefined;
}

/** The status that says it all, for a refusal that is not about the document. */
function requestStatus(refused: RefusedOperation): number | undefined {
  if (retryAfterMs(refused) !== undefined) return 429;
  for (const { extensions } of refused.errors) {
    const status = STATUS_BY_CODE[extensions.code];
    if (status !== undefined) return status;
  }
  return undefined;
}

function retryAfterMs({ errors }: RefusedOperation): number | undefined {
  return errors.map(({ extensions }) => extensions['retryAfterMs']).find((value) => typeof value === 'number');
}
