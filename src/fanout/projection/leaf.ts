import {
  GraphQLBoolean,
  type GraphQLEnumType,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  type GraphQLLeafType,
  type GraphQLOutputType,
  GraphQLString,
  isEnumType,
  isNonNullType,
} from 'graphql';
import { stringifyJson } from '../../json/text.ts';
import type { JsonValue } from '../../json/value.ts';
import { quote } from './quote.ts';
import { type Completer, executeThisEvent, type FieldPlace, messageOf } from './run.ts';

/** A type whose usual values are written at once, without a call that the engine cannot foresee (bench/projection.ts). */
export type PlainType = 'text' | 'integer' | 'number' | 'boolean';

/** The plain type behind a leaf type, non-null or not; undefined for every other type. */
export function plainTypeOf(type: GraphQLOutputType): PlainType | undefined {
  switch (isNonNullType(type) ? type.ofType : type) {
    case GraphQLString:
    case GraphQLID:
      return 'text';
    case GraphQLInt:
      return 'integer';
    case GraphQLFloat:
      return 'number';
    case GraphQLBoolean:
      return 'boolean';
    default:
      return undefined;
  }
}

/** The text of a value that is just what its plain type expects; undefined leaves everything else to the completer. */
export function plainText(type: PlainType, value: JsonValue | undefined): string | undefined {
  switch (typeof value) {
    case 'string':
      return type === 'text' ? quote(value) : undefined;
    case 'number':
      // The 32-bit integers are what bit operations leave as it is; minus zero is written 0, as JSON.stringify does.
      if (type === 'number' ? Number.isFinite(value) : type === 'integer' && (value | 0) === value) return `${value}`;
      return undefined;
    case 'boolean':
      return type === 'boolean' ? `${value}` : undefined;
    default:
      return undefined;
  }
}

/** Completes values of a scalar or enum type that are not null. The value that its type expects takes a way of its own. */
export function leafCompleter(type: GraphQLLeafType, place: FieldPlace, depth: number): Completer<JsonValue> {
  const coerced = coercingCompleter(type, place, depth);
  if (isEnumType(type)) return enumCompleter(type, coerced);
  const plain = plainTypeOf(type);
  if (plain === undefined) return coerced;
  return (value, run) => plainText(plain, value) ?? coerced(type === GraphQLFloat ? asDouble(value) : value, run);
}

function enumCompleter(type: GraphQLEnumType, coerced: Completer<JsonValue>): Completer<JsonValue> {
  const texts = new Map<unknown, string>();
  for (const { name, value } of type.getValues()) {
    if (typeof value === 'string') texts.set(value, quote(name));
  }
  return (value, run) => texts.get(value) ?? coerced(value, run);
}

/** An exact integer in a Float field is the nearest double. */
function asDouble(value: JsonValue): JsonValue {
  return typeof value === 'bigint' ? Number(value) : value;
}

/** Any leaf type, by its own result coercion. */
function coercingCompleter(type: GraphQLLeafType, place: FieldPlace, depth: number): Completer<JsonValue> {
  return (value, run) => {
    let result: unknown;
    try {
      result = type.coerceOutputValue(value);
    } catch (error) {
      return run.fail(messageOf(error), place, depth);
    }
    switch (typeof result) {
      case 'string':
        return quote(result);
      case 'number':
        return Number.isFinite(result) ? `${result}` : 'null';
      case 'boolean':
      case 'bigint':
        return `${result}`;
      case 'object':
        // A scalar that turns a value into null is a mistake that graphql-js describes.
        if (result === null) throw executeThisEvent;
        return stringifyJson(result as JsonValue);
      default:
        throw executeThisEvent;
    }
  };
}
