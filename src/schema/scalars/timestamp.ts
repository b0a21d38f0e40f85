import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

/** The last millisecond that a JavaScript date can name, either way. */
const LAST = 8_640_000_000_000_000;

function checked(value: unknown): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && Math.abs(number) <= LAST) return number;
  throw new GraphQLError('Timestamp must be a whole number of milliseconds since 1970-01-01T00:00:00Z.');
}

/** Milliseconds since the epoch, as a number. */
export const TimestampScalar: GraphQLScalarType<number, number> = new GraphQLScalarType({
  name: 'Timestamp',
  description: 'Milliseconds since 1970-01-01T00:00:00Z, as a number.',
  coerceOutputValue: checked,
  coerceInputValue: checked,
  coerceInputLiteral: (node) => checked(node.kind === Kind.INT ? Number(node.value) : undefined),
});
