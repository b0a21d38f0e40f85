import { type GraphQLOutputType, getNamedType } from 'graphql';

/** A description on a line of its own, or nothing. JSON's escapes are all escapes of GraphQL strings too. */
export function describe(text: string | null | undefined, indent = ''): string {
  return text === null || text === undefined || text === '' ? '' : `${indent}${JSON.stringify(text)}\n`;
}

/** The text of a type with another name inside its lists and non-nulls. */
export function retype(type: GraphQLOutputType, name: string): string {
  return String(type).replace(getNamedType(type).name, name);
}

/** The type's name as a field: `OrderPlaced` is `orderPlaced`. Only the first letter changes. */
export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
