import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const SHAPE = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d{2}):(\d{2}))$/;
const EXAMPLE = '"2026-11-20T08:30:00Z" or "2026-11-20T09:30:00+01:00"';

/**
 * The instant of an ISO 8601 date and time with an offset, in milliseconds since the epoch (with fractions below the millisecond).
 * Undefined when it is none, or no day of the calendar. Seconds may be left out.
 */
export function instantOf(text: string): number | undefined {
  const match = SHAPE.exec(text);
  if (match === null) return undefined;
  const part = (place: number): number => Number(match[place] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  if (hour > 23 || minute > 59 || second > 59 || part(9) > 23 || part(10) > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // A day or month that the calendar lacks moves the date on.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const fraction = match[7] === undefined ? 0 : Number(`0.${match[7]}`) * 1000;
  const offset = (match[8] === '-' ? -1 : 1) * (part(9) * 60 + part(10));
  return date.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1000 + fraction;
}

function checked(value: unknown): string {
  if (typeof value === 'string' && instantOf(value) !== undefined) return value;
  throw new GraphQLError(
    `DateTime must be an ISO 8601 date and time with an offset, for example ${EXAMPLE}; found ${typeof value === 'string' ? JSON.stringify(value) : typeof value}.`,
  );
}

/** ISO 8601 with `Z` or an offset. The text is kept as it was written; filters compare instants. */
export const DateTimeScalar: GraphQLScalarType<string, string> = new GraphQLScalarType({
  name: 'DateTime',
  description: `A date and time in ISO 8601 with an offset, for example ${EXAMPLE}. Filters compare instants.`,
  coerceOutputValue: checked,
  coerceInputValue: checked,
  coerceInputLiteral: (node) => checked(node.kind === Kind.STRING ? node.value : node),
});
