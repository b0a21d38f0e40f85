import { type GraphQLLeafType, isEnumType } from 'graphql';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { instantOf } from '../../schema/scalars/date-time.ts';
import { longOf } from '../../schema/scalars/long.ts';

/**
 * Reads a value of one leaf type for comparison: an event's or an operand's. Two values are equal when what is read is, and stand
 * in the order of what is read. Undefined: cannot be compared, so that every comparison is false.
 */
export type Reader = (value: JsonValue) => JsonValue | undefined;

/** The reader of a type (design §8): DateTime as an instant, Long as an integer, ID and enum as text, numbers as numbers. */
export function readerOf(type: GraphQLLeafType): Reader {
  if (isEnumType(type)) return (value) => (typeof value === 'string' ? value : undefined);
  switch (type.name) {
    case 'String':
    case 'ID':
      // As the subscriber sees it: an ID 42 is "42".
      return (value) => (typeof value === 'string' ? value : asResult(type, value));
    case 'Int':
    case 'Float':
      return (value) => (typeof value === 'number' ? value : asResult(type, asDouble(value)));
    case 'Boolean':
      return (value) => (typeof value === 'boolean' ? value : asResult(type, value));
    case 'Timestamp':
      return (value) => asResult(type, value);
    case 'DateTime':
      return (value) => (typeof value === 'string' ? instantOf(value) : undefined);
    case 'Long':
      return longOf;
    default:
      // The user's own scalars are JSON that passes through.
      return (value) => value;
  }
}

/** What result coercion makes of the value; undefined where that is an error. */
function asResult(type: GraphQLLeafType, value: JsonValue): JsonValue | undefined {
  if (value === null) return undefined;
  try {
    return type.coerceOutputValue(value) as JsonValue;
  } catch {
    return undefined;
  }
}

function asDouble(value: JsonValue): JsonValue {
  return typeof value === 'bigint' ? Number(value) : value;
}

/** Whether two JSON values are equal; the order of an object's members does not matter. */
export function equalJson(a: JsonValue, b: JsonValue): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, at) => equalJson(item, b[at]))
    );
  }
  return equalMembers(a as JsonObject, b as JsonObject);
}

function equalMembers(a: JsonObject, b: JsonObject): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && equalJson(a[name] ?? null, b[name] ?? null))
  );
}
