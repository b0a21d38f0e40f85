import {
  GraphQLError,
  type GraphQLFieldResolver,
  GraphQLFloat,
  type GraphQLOutputType,
  isCompositeType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { JsonObject, JsonValue } from '../../json/value.ts';

/** Reads the field's own member of the event (A57): absent is null, and a value that cannot be of the field's type is an error. */
export const memberResolver: GraphQLFieldResolver<JsonObject, unknown> = (
  source,
  _args,
  _context,
  { fieldName, returnType },
) => fitted(Object.hasOwn(source, fieldName) ? (source[fieldName] ?? null) : null, returnType);

/** The value as graphql-js can complete it: exact integers in Float fields are doubles, and what is no object is an error there. */
function fitted(value: JsonValue, type: GraphQLOutputType): unknown {
  if (value === null) return null;
  if (isNonNullType(type)) return fitted(value, type.ofType);
  if (isListType(type)) {
    return Array.isArray(value) ? value.map((item: JsonValue) => fitted(item, type.ofType)) : value;
  }
  if (isCompositeType(type))
    return isJsonObject(value) ? value : new GraphQLError(notAnObjectMessage(type.name, value));
  return type === GraphQLFloat && typeof value === 'bigint' ? Number(value) : value;
}

/** Whether the value can have fields. */
export function isJsonObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The message for a value that should have fields and cannot have any; the value itself is not quoted (A70). */
export function notAnObjectMessage(typeName: string, value: JsonValue): string {
  const found = Array.isArray(value) ? 'an array' : typeof value === 'bigint' ? 'a number' : `a ${typeof value}`;
  return `Expected a JSON object of type "${typeName}", but found ${found}.`;
}
