import type { HttpResponse, RequestHead, ResponseHeaders } from './http-message.ts';
import { isOriginAllowed } from './origin.ts';

const NO_HEADERS: ResponseHeaders = [];

/** How long a browser may keep the answer to a preflight, in seconds: as long as any of them does. */
const MAX_AGE_SECONDS = '7200';

/** Names of headers, as a preflight lists them: one line of tokens, so that nothing else of a request comes back (A10). */
const HEADER_NAMES = /^[\w!#$%&'*+.^`|~-]+(?:[ \t]*,[ \t]*[\w!#$%&'*+.^`|~-]+)*$/;
const MAX_HEADER_NAMES_BYTES = 1_024;

/**
 * A5: the headers with which a page of another origin may read an answer; none for an origin that is not allowed (`isOriginAllowed`,
 * as for WebSockets) and for a client that sends none. The origin comes back only after it was compared with the list or with its
 * own parse; never `*`, because cookies may be sent along.
 */
export function corsHeaders(head: RequestHead, allowedOrigins: readonly string[] | undefined): ResponseHeaders {
  const origin = head.header('origin');
  if (origin === '') return NO_HEADERS;
  if (!isOriginAllowed({ origin, host: head.header('host'), cookie: '' }, allowedOrigins)) return NO_HEADERS;
  return [
    ['access-control-allow-origin', origin],
    ['access-control-allow-credentials', 'true'],
    ['access-control-expose-headers', 'retry-after'],
  ];
}

/**
 * A5: the answer to the question of a browser whether a page may send a request; `cors` is what `corsHeaders` gave. Undefined when it
 * is no such question, or the origin is not allowed.
 */
export function preflightResponse(head: RequestHead, cors: ResponseHeaders): HttpResponse | undefined {
  if (head.method !== 'OPTIONS' || cors.length === 0 || head.header('access-control-request-method') === '') {
    return undefined;
  }
  const asked = head.header('access-control-request-headers').trim();
  const names = asked.length <= MAX_HEADER_NAMES_BYTES && HEADER_NAMES.test(asked) ? asked : 'content-type';
  return {
    status: 204,
    headers: [
      ['access-control-allow-methods', 'GET, POST'],
      ['access-control-allow-headers', names],
      ['access-control-max-age', MAX_AGE_SECONDS],
      ['vary', 'origin, access-control-request-method, access-control-request-headers'],
    ],
    body: '',
    closeConnection: false,
  };
}
