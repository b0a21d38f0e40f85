import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const DECIMAL = /^-?(?:0|[1-9][0-9]{0,18})$/;

/** The value of a Long as an event or an input may write it; undefined when it is none, or needs more than 64 bits. */
export function longOf(value: unknown): bigint | undefined {
  let long: bigint;
  if (typeof value === 'bigint') long = value;
  else if (typeof value === 'number' && Number.isInteger(value)) long = BigInt(value);
  else if (typeof value === 'string' && DECIMAL.test(value)) long = BigInt(value);
  else return undefined;
  return BigInt.asIntN(64, long) === long ? long : undefined;
}

function unfit(): GraphQLError {
  return new GraphQLError(
    'Long must be a whole number between -2^63 and 2^63 - 1, written as a number or as a decimal string.',
  );
}

function decimal(value: unknown): string {
  const long = longOf(value);
  if (long === undefined) throw unfit();
  return long.toString();
}

/** Keeps what was written, once it is known to be one. */
function asWritten(value: unknown): string | number | bigint {
  if (longOf(value) === undefined) throw unfit();
  return value as string | number | bigint;
}

/** 64 bits, signed: exact in both directions. A decimal string in results; a string or a whole number in inputs and events. */
export const LongScalar: GraphQLScalarType<string | number | bigint, string> = new GraphQLScalarType({
  name: 'Long',
  description:
    'A whole number of 64 bits, signed. Results hold it as a decimal string; inputs may be a decimal string or a number.',
  coerceOutputValue: decimal,
  coerceInputValue: asWritten,
  coerceInputLiteral: (node) => {
    if (node.kind === Kind.STRING) return asWritten(node.value);
    if (node.kind !== Kind.INT) throw unfit();
    const number = Number(node.value);
    return asWritten(Number.isSafeInteger(number) ? number : BigInt(node.value));
  },
});
