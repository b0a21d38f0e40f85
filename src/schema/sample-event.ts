import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';
import type { JsonObject, JsonValue } from '../json/value.ts';

/** A small event that fits an input type: its required fields alone; of a `@oneOf` input the first member. `now` is in milliseconds. Pure. */
export function sampleEvent(type: GraphQLInputObjectType, now: number): JsonObject {
  const fields = Object.values(type.getFields());
  const given = type.isOneOf ? fields.slice(0, 1) : fields.filter((field) => isRequiredInputField(field));
  return Object.fromEntries(given.map((field) => [field.name, sampleValue(field.type, field.name, now)]));
}

function sampleValue(type: GraphQLInputType, field: string, now: number): JsonValue {
  if (isNonNullType(type)) return sampleValue(type.ofType, field, now);
  if (isListType(type)) return [sampleValue(type.ofType, field, now)];
  if (isInputObjectType(type)) return sampleEvent(type, now);
  if (isEnumType(type)) return type.getValues()[0]?.name ?? null;
  switch (type.name) {
    case 'Int':
    case 'Float':
      return 1;
    case 'Boolean':
      return true;
    case 'DateTime':
      return new Date(now).toISOString();
    case 'Timestamp':
      return now;
    case 'Long':
      return '1';
    case 'JSON':
      return {};
    default:
      return `${field}-1`;
  }
}
