import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

function checked(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new GraphQLError('Cursor must be a text that this API gave out.');
}

/** An opaque place in a topic. What it holds is checked where it is used. */
export const CursorScalar: GraphQLScalarType<string, string> = new GraphQLScalarType({
  name: 'Cursor',
  description: 'A place in a topic, as this API gave it out. Opaque.',
  coerceOutputValue: checked,
  coerceInputValue: checked,
  coerceInputLiteral: (node) => checked(node.kind === Kind.STRING ? node.value : undefined),
});
