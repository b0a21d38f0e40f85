import type { GraphQLError } from 'graphql';
import { type ErrorCode, OperationError, type WireError } from '../error/operation-error.ts';

/** A graphql-js error as it goes over the wire, with the code of the OperationError inside it, else the given one. */
export function wireError(error: GraphQLError, code: ErrorCode): WireError {
  const cause = error.originalError;
  const facts = cause instanceof OperationError ? { code: cause.code, ...cause.facts } : { code };
  return {
    message: error.message,
    ...(error.locations === undefined ? {} : { locations: error.locations }),
    ...(error.path === undefined ? {} : { path: error.path }),
    extensions: facts,
  };
}
