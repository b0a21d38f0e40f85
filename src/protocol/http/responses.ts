import { type ErrorCode, OperationError, type WireError } from '../../error/operation-error.ts';
import { errorsText } from '../errors-text.ts';
import type { ResponseType } from './accept.ts';
import type { HttpResponse, ResponseHeaders } from './http-message.ts';

/** A response with a GraphQL result, given as JSON text. */
export function resultResponse(status: number, type: ResponseType, body: string): HttpResponse {
  return { status, headers: HEADERS[type], body, closeConnection: false };
}

/** A response without `data`. */
export function errorsResponse(status: number, type: ResponseType, errors: readonly WireError[]): HttpResponse {
  return resultResponse(status, type, `{"errors":${errorsText(errors)}}`);
}

/** What a refusal may say beside its status, code and message. */
export interface RefusalDetails {
  readonly type?: ResponseType;
  readonly headers?: ResponseHeaders;
  readonly facts?: Readonly<Record<string, unknown>>;
  /** Default false. */
  readonly closeConnection?: boolean;
}

/** A request that is refused before GraphQL sees it, with one error that says what to do. */
export function refusal(
  status: number,
  code: ErrorCode,
  message: string,
  { type = 'application/json', headers = [], facts, closeConnection = false }: RefusalDetails = {},
): HttpResponse {
  const response = errorsResponse(status, type, [new OperationError(code, message, facts).toWire()]);
  return { ...response, headers: [...response.headers, ...headers], closeConnection };
}

/** The response with more headers. */
export function withHeaders(response: HttpResponse, headers: ResponseHeaders): HttpResponse {
  return headers.length === 0 ? response : { ...response, headers: [...response.headers, ...headers] };
}

/** P40: the headers of an event stream; no proxy may keep it or hold it back. */
export const EVENT_STREAM_HEADERS: ResponseHeaders = [
  ['content-type', 'text/event-stream; charset=utf-8'],
  ['cache-control', 'no-cache'],
  ['x-accel-buffering', 'no'],
  ['x-content-type-options', 'nosniff'],
  ['vary', 'accept, origin'],
];

const HEADERS: Readonly<Record<ResponseType, ResponseHeaders>> = {
  'application/json': headersOf('application/json'),
  'application/graphql-response+json': headersOf('application/graphql-response+json'),
};

function headersOf(type: ResponseType): ResponseHeaders {
  return [
    ['content-type', `${type}; charset=utf-8`],
    ['cache-control', 'no-store'],
    ['x-content-type-options', 'nosniff'],
    // The answer differs by Accept, and may be read by one origin and not by another (A5): no cache may mix them up.
    ['vary', 'accept, origin'],
  ];
}

/** A20, P71: a WebSocket that may not be opened now. */
export function tooManyConnections(excess: OperationError): HttpResponse {
  const waitMs = Number(excess.facts['retryAfterMs'] ?? 0);
  return refusal(429, excess.code, excess.message, {
    facts: excess.facts,
    headers: [['retry-after', String(Math.ceil(waitMs / 1000))]],
  });
}
