import type { JsonObject, JsonValue } from '../json/value.ts';
import type { OperationRequest } from '../operation/port.ts';

/** Whether a JSON value is an object: neither null nor an array. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own member of an object; undefined when it is absent. Never a member of the prototype (A57). */
export function member(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/**
 * Reads the members of a GraphQL request (P14, P64): `query` is a string; `operationName` a string, null or absent; `variables`
 * and `extensions` are objects, null or absent; other members are ignored (P15). Returns what is wrong as a string.
 *
 * A request may name a persisted document by `documentId`, or by `id` or `extensions.persistedQuery` in place of `query`.
 */
export function readRequest(payload: JsonObject): OperationRequest | string {
  const operationName = member(payload, 'operationName') ?? undefined;
  if (operationName !== undefined && typeof operationName !== 'string') {
    return "'operationName' must be a string, null or absent";
  }
  const variables = member(payload, 'variables') ?? undefined;
  if (variables !== undefined && !isJsonObject(variables)) return "'variables' must be an object, null or absent";
  const extensions = member(payload, 'extensions') ?? undefined;
  if (extensions !== undefined && !isJsonObject(extensions)) return "'extensions' must be an object, null or absent";
  const documentId = member(payload, 'documentId') ?? undefined;
  if (documentId !== undefined && typeof documentId !== 'string') {
    return "'documentId' must be a string, null or absent";
  }
  const query = member(payload, 'query');
  if (typeof query === 'string') return { query, operationName, variables, extensions, ...named(documentId) };
  const id = documentId ?? member(payload, 'id');
  const isNamed = typeof id === 'string' || isJsonObject(extensions && member(extensions, 'persistedQuery'));
  if ((query !== undefined && query !== null) || !isNamed) return "'query' must be a string";
  return { query: '', operationName, variables, extensions, ...named(typeof id === 'string' ? id : undefined) };
}

function named(documentId: string | undefined): { readonly documentId?: string } {
  return documentId === undefined ? {} : { documentId };
}
