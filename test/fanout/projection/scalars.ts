import { GraphQLScalarType, type GraphQLSchema } from 'graphql';

/** Result coercion of the scalars that the generated schemas declare, as a program with scalars of its own could have it. */
const COERCIONS: Readonly<Record<string, (value: unknown) => unknown>> = {
  /** Does what custom scalars may do: throws, gives objects, numbers and bigints. */
  Odd(value) {
    if (typeof value === 'string') return { odd: [value], __proto__: null };
    if (typeof value === 'number') return value * 3;
    if (typeof value === 'bigint') return value + 1n;
    throw new TypeError('Odd\n"cannot" represent this');
  },
  /** Breaks the contract: only graphql-js knows what to say of null and of a thrown text. */
  Bad(value) {
    if (typeof value === 'string') return null;
    if (typeof value === 'boolean') throw 'a text that is no Error';
    return value;
  },
};

/** Gives the custom scalars of a fresh schema their code, in place. */
export function teachScalars(schema: GraphQLSchema): void {
  for (const [name, coerce] of Object.entries(COERCIONS)) {
    const scalar = schema.getType(name);
    if (scalar instanceof GraphQLScalarType) scalar.coerceOutputValue = coerce;
  }
}
