import { type GraphQLSchema, isInputObjectType } from 'graphql';
import type { JsonObject, JsonValue } from '../json/value.ts';

/**
 * Does an input type have a field whose name every plain object inherits, such as `constructor`? graphql-js reads variables through
 * the prototype and would take the inherited member for the client's value (A57).
 */
export function hasInheritedNames(schema: GraphQLSchema): boolean {
  return Object.values(schema.getTypeMap()).some(
    (type) => isInputObjectType(type) && Object.keys(type.getFields()).some((name) => name in Object.prototype),
  );
}

/** The same variables, objects without a prototype. */
export function bareVariables(variables: JsonObject): JsonObject {
  const bare: Record<string, JsonValue> = Object.create(null);
  for (const [name, value] of Object.entries(variables)) bare[name] = bareValue(value);
  return bare;
}

function bareValue(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  return isArray(value) ? value.map(bareValue) : bareVariables(value);
}

/** `Array.isArray` does not narrow readonly arrays. */
function isArray(value: JsonObject | readonly JsonValue[]): value is readonly JsonValue[] {
  return Array.isArray(value);
}
