import { parseJson } from '../json/text.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';

/** What came back from a GraphQL server over HTTP. */
export type GraphqlAnswer =
  /** A GraphQL response. */
  | {
      readonly type: 'response';
      /** Undefined: the request was refused before anything ran. */
      readonly data: JsonObject | undefined;
      readonly errors: readonly AnswerError[];
    }
  /** The request surely never reached a server. */
  | { readonly type: 'unreachable'; readonly reason: string }
  /** It may or may not have been carried out. */
  | { readonly type: 'lost'; readonly reason: string };

export interface AnswerError {
  readonly message: string;
  /** `extensions.code`; empty when there is none. */
  readonly code: string;
  readonly path: readonly JsonValue[];
}

/** A request waits this long for its answer, in milliseconds: more than any broker's deadline. */
const ANSWER_TIMEOUT_MS = 30_000;

/** Codes of a connection that never was. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);

/** Sends one operation by POST. `variables` is JSON text and goes out as it is, so that its numbers stay exact. Never rejects. */
export async function graphqlRequest(url: string, query: string, variables: string = '{}'): Promise<GraphqlAnswer> {
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json' },
      body: `{"query":${JSON.stringify(query)},"variables":${variables}}`,
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    return failureOf(error);
  }
  return answerOf(status, text);
}

function failureOf(error: unknown): GraphqlAnswer {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const message = cause instanceof Error ? cause.message : String(cause);
  const reason = message === '' ? code : message;
  return { type: NEVER_CONNECTED.has(code) ? 'unreachable' : 'lost', reason };
}

function answerOf(status: number, text: string): GraphqlAnswer {
  const body = parsed(text);
  const data = body?.['data'];
  const errors = Array.isArray(body?.['errors']) ? body['errors'].map(errorOf) : [];
  if (isObject(data) || errors.length > 0) {
    return { type: 'response', data: isObject(data) ? data : undefined, errors };
  }
  const message = `the server answered with status ${status} and no GraphQL response`;
  // A request that HTTP refused was not carried out.
  if (status >= 400 && status < 500) {
    return { type: 'response', data: undefined, errors: [{ message, code: `HTTP_${status}`, path: [] }] };
  }
  return { type: 'lost', reason: message };
}

function parsed(text: string): JsonObject | undefined {
  try {
    const body = parseJson(text);
    return isObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function errorOf(error: JsonValue): AnswerError {
  const { message, extensions, path } = isObject(error) ? error : {};
  const code = isObject(extensions) ? extensions['code'] : undefined;
  return {
    message: typeof message === 'string' ? message : 'an error without a message',
    code: typeof code === 'string' ? code : '',
    path: Array.isArray(path) ? path : [],
  };
}

/** Is the JSON value an object? */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
