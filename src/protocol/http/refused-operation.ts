import type { RefusedOperation } from '../../operation/port.ts';
import type { ResponseType } from './accept.ts';
import type { HttpResponse } from './http-message.ts';
import { errorsResponse } from './responses.ts';

/**
 * P61, P62: a request that failed before anything ran. As application/graphql-response+json its status is 400; as application/json
 * 200, as clients of that older type expect. A server's own failure is 500 in both, and a limit that time lifts is 429 with
 * Retry-After (P71); a limit on the document itself is like any other invalid document.
 */
export function refusedResponse({ errors }: RefusedOperation, type: ResponseType): HttpResponse {
  if (errors.some((error) => error.extensions.code === 'INTERNAL_SERVER_ERROR')) {
    return errorsResponse(500, type, errors);
  }
  const retryAfterMs = errors
    .map((error) => error.extensions['retryAfterMs'])
    .find((value) => typeof value === 'number');
  if (retryAfterMs !== undefined) {
    const response = errorsResponse(429, type, errors);
    return { ...response, headers: [...response.headers, ['retry-after', String(Math.ceil(retryAfterMs / 1000))]] };
  }
  return errorsResponse(type === 'application/json' ? 200 : 400, type, errors);
}
