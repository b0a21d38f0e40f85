import { memoryExceeded } from '../memory-gate.ts';
import type { HttpResponse } from './http-message.ts';
import type { HttpLimits } from './limits.ts';
import { refusal } from './responses.ts';

/** P67. */
export function bodyTooLarge({ maxBodyBytes }: HttpLimits): HttpResponse {
  return refusal(413, 'LIMIT_EXCEEDED', `The request body must be at most ${maxBodyBytes} bytes.`, {
    facts: { limit: 'maxBodyBytes' },
    closeConnection: true,
  });
}

/** A35. */
export function bodyTooSlow({ bodyTimeoutMs }: HttpLimits): HttpResponse {
  const seconds = bodyTimeoutMs / 1000;
  return refusal(408, 'LIMIT_EXCEEDED', `The request body did not arrive within ${seconds} s.`, {
    facts: { limit: 'bodyTimeoutMs' },
    closeConnection: true,
  });
}

/** P67. */
export function urlTooLong({ maxUrlBytes }: HttpLimits): HttpResponse {
  return refusal(414, 'LIMIT_EXCEEDED', `The URL must be at most ${maxUrlBytes} bytes.`, {
    facts: { limit: 'maxUrlBytes' },
    closeConnection: true,
  });
}

/** P65. */
export function unsupportedBody(message: string): HttpResponse {
  return refusal(415, 'BAD_USER_INPUT', message);
}

/** P60. */
export function notAcceptable(): HttpResponse {
  return refusal(
    406,
    'BAD_USER_INPUT',
    'Accept application/json or application/graphql-response+json, or text/event-stream for an event stream.',
  );
}

/** P69. */
export function streamNotAccepted(): HttpResponse {
  return refusal(
    406,
    'BAD_USER_INPUT',
    'A subscription has no end: send Accept: text/event-stream, or subscribe over a WebSocket (graphql-transport-ws) on this same path.',
  );
}

/** P66. */
export function methodNotAllowed(allowed: 'GET, POST' | 'POST'): HttpResponse {
  const message =
    allowed === 'POST'
      ? 'A mutation must come by POST: a GET may be repeated, prefetched and kept by anyone on the way.'
      : 'Use POST, or GET for queries and subscriptions.';
  return refusal(405, 'BAD_USER_INPUT', message, { headers: [['allow', allowed]] });
}

/** P68. */
export function possiblyForged(): HttpResponse {
  return refusal(
    403,
    'FORBIDDEN',
    'The request has cookies and could come from a page of another site. Send Content-Type: application/json or the header graphql-require-preflight: 1.',
  );
}

/** P34: the memory of the process is above `maxMemory` bytes. */
export function memoryShort(maxMemory: number): HttpResponse {
  const { code, message, facts } = memoryExceeded(maxMemory);
  return refusal(503, code, message, { facts, headers: [['retry-after', '1']], closeConnection: true });
}

/** P34. */
export function shuttingDown(): HttpResponse {
  return refusal(503, 'BROKER_UNAVAILABLE', 'The server is shutting down; nothing was executed. Try again.', {
    headers: [['retry-after', '1']],
    closeConnection: true,
  });
}
