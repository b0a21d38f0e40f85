import { GraphQLBoolean, GraphQLFloat, GraphQLID, GraphQLInt, type GraphQLScalarType, GraphQLString } from 'graphql';
import { stringifyJson } from '../../../src/json/text.ts';
import type { JsonObject, JsonValue } from '../../../src/json/value.ts';
import { commonFields } from './generate-filter.ts';
import type { SchemaModel, TypeModel } from './generate-schema.ts';

/** The instants of the generated times; every other text is none. */
const INSTANTS: Readonly<Record<string, number>> = {
  '2026-11-20T08:30:00Z': Date.UTC(2026, 10, 20, 8, 30),
  '2026-11-20T09:30:00+01:00': Date.UTC(2026, 10, 20, 8, 30),
  '2024-02-29T23:59:59.123Z': Date.UTC(2024, 1, 29, 23, 59, 59, 123),
  '2026-11-20T08:30Z': Date.UTC(2026, 10, 20, 8, 30),
};

const AS_RESULT: Readonly<Record<string, GraphQLScalarType>> = {
  String: GraphQLString,
  ID: GraphQLID,
  Int: GraphQLInt,
  Float: GraphQLFloat,
  Boolean: GraphQLBoolean,
};

/** Whether an event passes a filter: the rules of design §8 as plainly as they can be written, for events that may not fit. */
export function passes(model: SchemaModel, typeName: string, where: JsonObject, event: JsonObject): boolean {
  const type = model.types.get(typeName);
  if (type === undefined) throw new Error(`no type ${typeName}`);
  return Object.entries(where).every(([name, part]) => part === null || memberHolds(model, type, name, part, event));
}

function memberHolds(model: SchemaModel, type: TypeModel, name: string, part: JsonValue, event: JsonObject): boolean {
  const nested = (where: JsonValue): boolean => passes(model, type.name, where as JsonObject, event);
  if (name === 'and') return (part as readonly JsonValue[]).every(nested);
  if (name === 'or') return (part as readonly JsonValue[]).some(nested);
  if (name === 'not') return !nested(part);
  const field = commonFields(model, type).find((common) => common.name === name);
  if (field === undefined) throw new Error(`no field ${name}`);
  const value = Object.hasOwn(event, name) ? (event[name] ?? null) : null;
  const { base, wrapper } = field;
  if (!model.types.has(base)) return leafHolds(base, wrapper, part as JsonObject, value);
  return anyElement(wrapper, value, (element) => {
    if (typeof element !== 'object' || element === null || Array.isArray(element)) return false;
    return passes(model, base, part as JsonObject, element as JsonObject);
  });
}

function leafHolds(base: string, wrapper: string, part: JsonObject, value: JsonValue): boolean {
  const { exists, ...comparisons } = part;
  if (exists !== undefined && exists !== (value !== null)) return false;
  const operators = Object.entries(comparisons);
  if (operators.length === 0) return true;
  return anyElement(wrapper, value, (element) =>
    operators.every(([operator, operand]) => compares(base, operator, element, operand)),
  );
}

function anyElement(wrapper: string, value: JsonValue, holds: (element: JsonValue) => boolean): boolean {
  if (wrapper.endsWith('!')) return anyElement(wrapper.slice(0, -1), value, holds);
  if (!wrapper.startsWith('[')) return value !== null && holds(value);
  return Array.isArray(value) && value.some((item: JsonValue) => anyElement(wrapper.slice(1, -1), item, holds));
}

function compares(base: string, operator: string, element: JsonValue, operand: JsonValue): boolean {
  if (operand === null) return false;
  if (operator === 'in') return (operand as JsonValue[]).some((each) => compares(base, 'eq', element, each));
  const a = comparable(base, element) as number | undefined;
  const b = comparable(base, operand) as number | undefined;
  if (a === undefined || b === undefined) return false;
  switch (operator) {
    case 'eq':
      return a === b;
    case 'ne':
      return a !== b;
    case 'gt':
      return a > b;
    case 'gte':
      return a > b || a === b;
    case 'lt':
      return a < b;
    case 'lte':
      return a < b || a === b;
    case 'startsWith':
      return String(a).indexOf(String(b)) === 0;
    default:
      return String(a).indexOf(String(b)) !== -1;
  }
}

/** A value that `===` and `<` compare as its type wants it; undefined where the value does not fit. */
function comparable(base: string, value: JsonValue): unknown {
  // Numbers compare as numbers, also one that is too large for its Int field.
  if (/Int|Float/.test(base) && typeof value === 'number') return value;
  const scalar = AS_RESULT[base];
  if (scalar !== undefined) {
    try {
      return scalar.coerceOutputValue(/Int|Float/.test(base) && typeof value === 'bigint' ? Number(value) : value);
    } catch {
      return undefined;
    }
  }
  switch (base) {
    case 'Colour':
      return typeof value === 'string' ? value : undefined;
    case 'DateTime':
      return typeof value === 'string' && Object.hasOwn(INSTANTS, value) ? INSTANTS[value] : undefined;
    case 'Timestamp': {
      const number = typeof value === 'bigint' ? Number(value) : value;
      return typeof number === 'number' && Number.isInteger(number) && Math.abs(number) <= 8.64e15 ? number : undefined;
    }
    case 'Long':
      return long(value);
    default:
      return canonical(value);
  }
}

function long(value: JsonValue): bigint | undefined {
  const whole =
    typeof value === 'bigint' ||
    (typeof value === 'number' && Number.isInteger(value)) ||
    (typeof value === 'string' && /^(0|-?[1-9][0-9]*|-0)$/.test(value));
  if (!whole) return undefined;
  const exact = BigInt(value as bigint);
  return exact >= -(2n ** 63n) && exact < 2n ** 63n ? exact : undefined;
}

/** JSON text with sorted members. */
function canonical(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return stringifyJson(value);
  if (Array.isArray(value)) return `[${value.map((item: JsonValue) => canonical(item)).join(',')}]`;
  const members = Object.entries(value as JsonObject).map(
    ([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`,
  );
  return `{${members.sort().join(',')}}`;
}
