/** Every code that a client can meet in `errors[].extensions.code`, with what it means (P93 to P97, docs/errors.md). */
export const ERROR_CODES = {
  /** The document does not parse. */
  GRAPHQL_PARSE_FAILED: 'the document is not valid GraphQL',
  /** The document does not fit the schema. */
  GRAPHQL_VALIDATION_FAILED: 'the document does not fit the schema',
  /** Variables, arguments or input fields do not fit their types. */
  BAD_USER_INPUT: 'variables or arguments do not fit their types',
  /** `operationName` names no operation of the document, or is missing where there are several. */
  OPERATION_RESOLUTION_FAILURE: 'no such operation in the document',
  /** A61: locked mode, and the request is not one of the manifest's. */
  PERSISTED_OPERATION_REQUIRED: 'only persisted operations run here',
  /** The request names a persisted document that is not in the manifest. Apollo's clients then send the document itself. */
  PERSISTED_QUERY_NOT_FOUND: 'no such persisted document',
  /** The request names a persisted document, and the server has none. Apollo's clients then stop sending hashes. */
  PERSISTED_QUERY_NOT_SUPPORTED: 'this server has no persisted documents',
  /** P97: a stored record that cannot be read, or does not fit its event type. The stream goes on. */
  EVENT_INVALID: 'a stored record does not fit its event type',
  /** P95: surely not stored, and this input will never pass. */
  PUBLISH_REJECTED: 'not stored; this input will never pass',
  /** P95: surely not stored; try again later. */
  BROKER_UNAVAILABLE: 'not stored; the broker is away, try again later',
  /** P94: may or may not be stored. */
  PUBLISH_INDETERMINATE: 'may or may not be stored',
  /** P93: the cursor cannot be resumed from. */
  CURSOR_EXPIRED: 'the cursor cannot be resumed from',
  /** P96. */
  UNAUTHENTICATED: 'no valid credentials',
  /** P96. */
  FORBIDDEN: 'not allowed',
  /** P96: a limit of the server was hit; `extensions` has `limit`, its `value`, and `retryAfterMs` where waiting helps. */
  LIMIT_EXCEEDED: 'a limit of the server was hit',
  /** A70: a bug; the text is masked and the id is in the log. */
  INTERNAL_SERVER_ERROR: 'unexpected error',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** A GraphQL error as it goes over the wire (GraphQL spec §7.1.2), always with a code. */
export interface WireError {
  readonly message: string;
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: ErrorCode; readonly [fact: string]: unknown };
}

/** One operation, or one field of it, failed. Its blast radius is that operation: sockets and brokers live on. */
export class OperationError extends Error {
  override readonly name = 'OperationError';
  readonly code: ErrorCode;
  /** Further members of `extensions`. */
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.facts = facts;
  }

  /** The error as a wire error, at an optional response path. */
  toWire(path?: readonly (string | number)[]): WireError {
    return {
      message: this.message,
      ...(path === undefined ? {} : { path }),
      extensions: { code: this.code, ...this.facts },
    };
  }
}
