import { type GraphQLSchema, isAbstractType, isIntrospectionType, isScalarType } from 'graphql';
import { type Discriminator, TYPE_MEMBER } from './discriminator.ts';
import { jsonOfLiteral } from './scalars/json.ts';
import { BUILT_IN_SCALAR_NAMES } from './user-types.ts';

/** Own text members only (A57). */
function textMember(value: unknown, member: string): string | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, member)) return undefined;
  const found: unknown = (value as Readonly<Record<string, unknown>>)[member];
  return typeof found === 'string' ? found : undefined;
}

/**
 * Teaches the abstract types of a schema to find the object type of a value, by their discriminator or by `__typename`;
 * undefined where the value names none. Lets the user's own scalars read literals exactly. Changes `schema` in place,
 * which is fresh from the builder.
 */
export function resolveTypes(schema: GraphQLSchema, discriminators: ReadonlyMap<string, Discriminator>): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) {
      const discriminator = discriminators.get(type.name);
      type.resolveType =
        discriminator === undefined
          ? (value) => textMember(value, TYPE_MEMBER)
          : (value) => discriminator.types.get(textMember(value, discriminator.member) ?? '');
    } else if (isScalarType(type) && !BUILT_IN_SCALAR_NAMES.has(type.name) && !isIntrospectionType(type)) {
      // Values of the user's scalars are JSON that passes through.
      type.coerceInputLiteral = jsonOfLiteral;
    }
  }
}
