import { type ErrorCode, OperationError, type WireError } from '../../error/operation-error.ts';
import { errorsText } from '../errors-text.ts';
import type { ResponseType } from './accept.ts';
import type { HttpResponse } from './http-message.ts';

/** A response with a GraphQL result, given as JSON text. */
export function resultResponse(status: number, type: ResponseType, body: string): HttpResponse {
  return { status, headers: headersFor(type), body, closeConnection: false };
}

/** A response without `data`. */
export function errorsResponse(status: number, type: ResponseType, errors: readonly WireError[]): HttpResponse {
  return resultResponse(status, type, `{"errors":${errorsText(errors)}}`);
}

/** What a refusal may say beside its status, code and message. */
export interface RefusalDetails {
  readonly type?: ResponseType;
  readonly headers?: readonly (readonly [name: string, value: string])[];
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

function headersFor(type: ResponseType): readonly (readonly [string, string])[] {
  return [
    ['content-type', `${type}; charset=utf-8`],
    ['cache-control', 'no-store'],
    ['x-content-type-options', 'nosniff'],
    // The answer differs by Accept, and no cache may mix them up.
    ['vary', 'accept'],
  ];
}
