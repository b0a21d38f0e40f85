import type { JsonValue } from '../json/value.ts';
import type { ParameterType } from './topic.ts';

const INTEGER = /^(?:0|-?[1-9][0-9]*)$/;
const INT_MIN = -2_147_483_648;
const INT_MAX = 2_147_483_647;

/** The decimal text of an integer; undefined for a fraction. */
function integerText(value: number | bigint): string | undefined {
  if (typeof value === 'bigint') return value.toString();
  if (!Number.isInteger(value)) return undefined;
  // Above 1e21 String() turns to an exponent; -0 becomes "0" both ways.
  return Number.isSafeInteger(value) ? String(value) : BigInt(value).toString();
}

function intText(value: JsonValue): string | undefined {
  let text: string | undefined;
  if (typeof value === 'string') text = INTEGER.test(value) ? value : undefined;
  else if (typeof value === 'number' || typeof value === 'bigint') text = integerText(value);
  if (text === undefined) return undefined;
  const number = Number(text);
  return number >= INT_MIN && number <= INT_MAX ? text : undefined;
}

/**
 * The text by which parameter values compare, so that `42` and `"42"` are one instance (design §1).
 * Undefined when the value cannot be one of that type.
 */
export function canonicalText(value: JsonValue, type: ParameterType): string | undefined {
  switch (type) {
    case 'Int':
      return intText(value);
    case 'ID':
    case 'String':
      if (typeof value === 'string') return value;
      return typeof value === 'number' || typeof value === 'bigint' ? integerText(value) : undefined;
    case 'ENUM':
      return typeof value === 'string' ? value : undefined;
    default:
      return type satisfies never;
  }
}

/** The text of any leaf value, for record keys: strings as they are, integers in decimal. Undefined for null, lists and objects. */
export function leafText(value: JsonValue): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return integerText(value) ?? String(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return undefined;
  }
}

/** The JSON value of a parameter's canonical text: a number for Int, else the text. */
export function valueOfText(text: string, type: ParameterType): JsonValue {
  return type === 'Int' ? Number(text) : text;
}
