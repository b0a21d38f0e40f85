import { type GraphQLObjectType, type GraphQLOutputType, type GraphQLSchema, isObjectType, isUnionType } from 'graphql';
import type { EventType } from './topic-declaration.ts';

/** The object types that an event of this type can have. A union may name others as well, which is reported elsewhere. */
export function membersOf(type: EventType, schema: GraphQLSchema): readonly GraphQLObjectType[] {
  return isObjectType(type) ? [type] : schema.getPossibleTypes(type).filter(isObjectType);
}

/** A field that all events of a type have. */
export interface CommonField {
  readonly name: string;
  readonly type: GraphQLOutputType;
  readonly description: string | null | undefined;
}

/**
 * The fields that every event of this type has: an object's or interface's own; for a union those that all members have
 * with one type, non-null only where it is so in all of them.
 */
export function commonFields(type: EventType): ReadonlyMap<string, CommonField> {
  if (!isUnionType(type)) return new Map(Object.entries(type.getFields()));
  const [first, ...others] = type.getTypes().filter(isObjectType);
  const common = new Map<string, CommonField>();
  for (const field of Object.values(first?.getFields() ?? {})) {
    const fields = [field, ...others.map((member) => member.getFields()[field.name])];
    const texts = new Set(fields.map((other) => String(other?.type).replaceAll('!', '')));
    if (texts.size !== 1) continue;
    // The one with the fewest "!" holds for all of them, wherever they stand; parameters compare the whole text themselves.
    const weakest = fields.reduce((a, b) => (String(b?.type).length < String(a?.type).length ? b : a));
    common.set(field.name, { name: field.name, type: weakest?.type ?? field.type, description: field.description });
  }
  return common;
}
