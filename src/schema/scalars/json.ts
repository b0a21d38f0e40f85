import { type ConstValueNode, GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import type { JsonValue } from '../../json/value.ts';

/** The JSON value of a literal; whole numbers that a double cannot hold are bigints, members keep any name (A57). */
export function jsonOfLiteral(node: ConstValueNode): JsonValue {
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.STRING:
    case Kind.BOOLEAN:
      return node.value;
    case Kind.INT: {
      const number = Number(node.value);
      return Number.isSafeInteger(number) ? number : BigInt(node.value);
    }
    case Kind.FLOAT: {
      const number = Number(node.value);
      if (!Number.isFinite(number)) throw new GraphQLError(`${node.value} is too large for a number.`, { nodes: node });
      return number;
    }
    case Kind.LIST:
      return node.values.map(jsonOfLiteral);
    case Kind.OBJECT: {
      const object: Record<string, JsonValue> = Object.create(null);
      for (const field of node.fields) object[field.name.value] = jsonOfLiteral(field.value);
      return object;
    }
    case Kind.ENUM:
      throw new GraphQLError(`${node.value} is not JSON; write "${node.value}" for the text.`, { nodes: node });
    default:
      throw node satisfies never;
  }
}

function checked(value: unknown): JsonValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'bigint':
    case 'object':
      // Values come from parsed JSON or from literals, so what is inside is JSON as well.
      return value as JsonValue;
    default:
      throw new GraphQLError(`JSON cannot hold a ${typeof value}.`);
  }
}

/** Any JSON value, passed through; whole numbers stay exact. */
export const JsonScalar: GraphQLScalarType<JsonValue, JsonValue> = new GraphQLScalarType({
  name: 'JSON',
  description: 'Any JSON value.',
  coerceOutputValue: checked,
  coerceInputValue: checked,
  coerceInputLiteral: jsonOfLiteral,
});
