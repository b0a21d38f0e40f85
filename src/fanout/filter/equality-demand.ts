import { type GraphQLLeafType, type GraphQLOutputType, isLeafType, isListType, isNonNullType } from 'graphql';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { type Reader, readerOf } from './comparable.ts';

/** Two keys are equal by `===` exactly when the operator `eq` calls their values equal. */
export type Key = string | number | bigint | boolean;

/**
 * The part of a condition on a field that an index can answer: the field, or for a list one of its elements, is equal to one of the
 * keys. An event that does not meet it does not pass the condition.
 */
export interface EqualityDemand {
  readonly field: string;
  /** Distinct. None: no event can pass. */
  readonly keys: readonly Key[];
  /** What an event holds in the field, read as the keys were. The same function does for all demands on the field. */
  readonly keysOf: KeyReader;
  /** Is meeting it all that the condition asks? */
  readonly exact: boolean;
}

/** Distinct keys of one event; what can equal no key may be left out. */
export type KeyReader = (event: JsonObject) => readonly Key[];

/** A filter with a longer `in` is evaluated: each of its values would take a place in the index. */
const MAX_KEYS = 256;

const NONE: readonly Key[] = [];

/**
 * The demand of a condition on a field of an event type, with `eq` or `in`; undefined when it has neither, or compares by something
 * else than one value: the user's own scalars may hold objects, which are equal member by member.
 */
export function equalityDemand(
  field: string,
  type: GraphQLOutputType,
  filter: Readonly<Record<string, unknown>>,
): EqualityDemand | undefined {
  const leaf = leafTypeOf(type);
  if (leaf === undefined) return undefined;
  const operator = Object.hasOwn(filter, 'eq') ? 'eq' : 'in';
  if (!Object.hasOwn(filter, operator)) return undefined;
  const read = readerOf(leaf);
  const operand = filter[operator] as JsonValue | undefined;
  const keys = keysOfOperands(read, operator === 'eq' ? [operand] : Array.isArray(operand) ? operand : []);
  if (keys === undefined || keys.length > MAX_KEYS) return undefined;
  return { field, keys, keysOf: keyReader(field, type, read), exact: Object.keys(filter).length === 1 };
}

/** Undefined when one of them is no key. */
function keysOfOperands(read: Reader, operands: readonly (JsonValue | undefined)[]): readonly Key[] | undefined {
  const keys = new Set<Key>();
  for (const operand of operands) {
    // A comparison with null, or with what is no value of the type, is false.
    const key = operand == null ? undefined : read(operand);
    if (key === undefined) continue;
    if (!isKey(key)) return undefined;
    keys.add(key);
  }
  return [...keys];
}

function keyReader(field: string, type: GraphQLOutputType, read: Reader): KeyReader {
  const isList = isListType(isNonNullType(type) ? type.ofType : type);
  return (event) => {
    // Own members only (A57).
    const value = Object.hasOwn(event, field) ? (event[field] ?? null) : null;
    if (value === null) return NONE;
    if (isList) {
      const keys = new Set<Key>();
      collectElements(type, value, read, keys);
      return [...keys];
    }
    const key = read(value);
    return key !== undefined && isKey(key) ? [key] : NONE;
  };
}

/** Lists of lists are looked into as deep as the type says; what has another shape holds nothing. */
function collectElements(type: GraphQLOutputType, value: JsonValue, read: Reader, keys: Set<Key>): void {
  if (isNonNullType(type)) {
    collectElements(type.ofType, value, read, keys);
  } else if (isListType(type)) {
    if (Array.isArray(value)) for (const element of value) collectElements(type.ofType, element, read, keys);
  } else if (value !== null) {
    const key = read(value);
    if (key !== undefined && isKey(key)) keys.add(key);
  }
}

function leafTypeOf(type: GraphQLOutputType): GraphQLLeafType | undefined {
  if (isNonNullType(type) || isListType(type)) return leafTypeOf(type.ofType);
  return isLeafType(type) ? type : undefined;
}

function isKey(value: JsonValue): value is Key {
  // No number in an event is NaN, the one that a Map finds and `===` does not.
  return typeof value !== 'object';
}
