import type { JsonValue } from '../../json/value.ts';
import { equalJson, type Reader } from './comparable.ts';

/** A test of what a {@link Reader} read. */
export type Test = (value: JsonValue) => boolean;

type Comparison = (value: JsonValue, operand: JsonValue) => boolean;

/** Two values that one reader read are of one kind: two numbers, two bigints, or two texts, ordered by code unit. */
type Ordered = number | bigint | string;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  eq: equalJson,
  ne: (value, operand) => !equalJson(value, operand),
  gt: (value, operand) => (value as Ordered) > (operand as Ordered),
  gte: (value, operand) => (value as Ordered) >= (operand as Ordered),
  lt: (value, operand) => (value as Ordered) < (operand as Ordered),
  lte: (value, operand) => (value as Ordered) <= (operand as Ordered),
  startsWith: (value, operand) => (value as string).startsWith(operand as string),
  contains: (value, operand) => (value as string).includes(operand as string),
};

/** Compiles one operator of a leaf filter, `exists` excepted. A comparison with null is false, `ne` included. */
export function compileOperator(name: string, operand: JsonValue, read: Reader): Test {
  if (name === 'in') return compileIn(operand, read);
  const compare = COMPARISONS[name];
  if (compare === undefined) throw new Error(`unknown operator ${name}: the filter was not coerced by its type`);
  const other = operand === null ? undefined : read(operand);
  return other === undefined ? () => false : (value) => compare(value, other);
}

function compileIn(operand: JsonValue, read: Reader): Test {
  if (!Array.isArray(operand)) return () => false;
  const others = operand
    .map((item: JsonValue) => (item === null ? undefined : read(item)))
    .filter((item) => item !== undefined);
  // Structured values occur in the user's own scalars only.
  if (others.some((item) => typeof item === 'object')) return (value) => others.some((item) => equalJson(value, item));
  const set = new Set(others);
  return (value) => set.has(value);
}
