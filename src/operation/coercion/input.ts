import {
  coerceInputLiteral,
  coerceInputValue,
  type GraphQLEnumType,
  GraphQLFloat,
  GraphQLID,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  type GraphQLScalarType,
  GraphQLString,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { bareObject } from './bare-object.ts';

/**
 * Coerces one JSON value (input coercion of the GraphQL specification, §3). Undefined: the value does not fit, and graphql-js is to
 * say what is wrong with it. Must not throw. Absent values never come here.
 */
export type InputCoercion = (value: JsonValue) => unknown;

/** Input coercions by type: each is compiled once, when it is first asked for, for every operation of one schema. */
export class InputCoercions {
  readonly #objects = new Map<GraphQLInputObjectType, InputCoercion>();

  of(type: GraphQLInputType): InputCoercion {
    if (isNonNullType(type)) {
      const coerce = this.#nonNull(type.ofType);
      return (value) => (value === null ? undefined : coerce(value));
    }
    const coerce = this.#nonNull(type);
    return (value) => (value === null ? null : coerce(value));
  }

  /** For values that are not null. */
  #nonNull(type: GraphQLInputType): InputCoercion {
    if (isNonNullType(type)) return this.of(type);
    if (isListType(type)) return listCoercion(this.of(type.ofType));
    if (isInputObjectType(type)) return this.#object(type);
    return isEnumType(type) ? enumCoercion(type) : scalarCoercion(type);
  }

  #object(type: GraphQLInputObjectType): InputCoercion {
    const known = this.#objects.get(type);
    if (known !== undefined) return known;
    let fields: readonly FieldCoercion[] | undefined;
    // Its fields are compiled when the first value comes, as types may hold themselves.
    const coercion: InputCoercion = (value) => {
      if (!isJsonObject(value)) return undefined;
      fields ??= Object.values(type.getFields()).map((field) => this.#field(field));
      return type.isOneOf ? oneOf(fields, value) : allOf(fields, value);
    };
    this.#objects.set(type, coercion);
    return coercion;
  }

  #field(field: GraphQLInputField): FieldCoercion {
    const { name } = field;
    const base = { name, inherited: name in Object.prototype, coerce: this.of(field.type) };
    if (isRequiredInputField(field)) return { ...base, absence: 'refused', preset: undefined };
    if (field.default === undefined && field.defaultValue === undefined) {
      return { ...base, absence: 'left out', preset: undefined };
    }
    const preset = defaultOf(field);
    return preset === undefined ? { ...base, absence: 'refused', preset } : { ...base, absence: 'preset', preset };
  }
}

/** What has a type and perhaps a default, as graphql-js describes arguments, input fields and variables. */
interface WithDefault {
  readonly type: GraphQLInputType;
  readonly default?: GraphQLInputField['default'];
  readonly defaultValue?: unknown;
}

/** The coerced default; undefined when there is none, or none that fits. */
export function defaultOf(input: WithDefault): unknown {
  const { type } = input;
  if (input.default === undefined) return input.defaultValue;
  const { literal, value } = input.default;
  return literal === undefined ? coerceInputValue(value, type) : coerceInputLiteral(literal, type);
}

interface FieldCoercion {
  readonly name: string;
  /** Every plain object inherits a member of this name: only an own one counts (A57). */
  readonly inherited: boolean;
  readonly coerce: InputCoercion;
  /** What it means that the object lacks the field. */
  readonly absence: 'refused' | 'left out' | 'preset';
  readonly preset: unknown;
}

function allOf(fields: readonly FieldCoercion[], value: JsonObject): unknown {
  const coerced = bareObject();
  let given = 0;
  for (const field of fields) {
    const { name } = field;
    const own = field.inherited && !Object.hasOwn(value, name) ? undefined : value[name];
    if (own === undefined) {
      if (field.absence === 'refused') return undefined;
      if (field.absence === 'preset') coerced[name] = field.preset;
      continue;
    }
    given += 1;
    const member = field.coerce(own);
    if (member === undefined) return undefined;
    coerced[name] = member;
  }
  // Every field was found among the members, so more members than that are unknown ones.
  return Object.keys(value).length === given ? coerced : undefined;
}

/** Exactly one member, which is not null. Fields of such a type have no defaults. */
function oneOf(fields: readonly FieldCoercion[], value: JsonObject): unknown {
  const [key, ...others] = Object.keys(value);
  if (key === undefined || others.length > 0) return undefined;
  const field = fields.find(({ name }) => name === key);
  const own = value[key];
  if (field === undefined || own === undefined || own === null) return undefined;
  const member = field.coerce(own);
  if (member === undefined || member === null) return undefined;
  const coerced = bareObject();
  coerced[key] = member;
  return coerced;
}

/** A value that is no list is a list of one. */
function listCoercion(coerceItem: InputCoercion): InputCoercion {
  return (value) => {
    if (!isArray(value)) {
      const item = coerceItem(value);
      return item === undefined ? undefined : [item];
    }
    const items: unknown[] = [];
    for (const given of value) {
      const item = coerceItem(given);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items;
  };
}

function enumCoercion(type: GraphQLEnumType): InputCoercion {
  const values = new Map<JsonValue, unknown>(type.getValues().map(({ name, value }) => [name, value]));
  return (value) => values.get(value);
}

/** The value that a scalar expects takes a way of its own; for any other the scalar itself is asked. */
function scalarCoercion(type: GraphQLScalarType): InputCoercion {
  const ask: InputCoercion = (value) => {
    try {
      return type.coerceInputValue(value);
    } catch {
      return undefined;
    }
  };
  switch (type) {
    case GraphQLString:
      return (value) => (typeof value === 'string' ? value : undefined);
    case GraphQLID:
      return (value) => (typeof value === 'string' ? value : ask(value));
    case GraphQLInt:
      // The 32-bit integers are what bit operations leave as it is.
      return (value) => (typeof value === 'number' && (value | 0) === value ? value : ask(value));
    case GraphQLFloat:
      return (value) => (typeof value === 'number' && Number.isFinite(value) ? value : ask(value));
    default:
      return ask;
  }
}

function isJsonObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `Array.isArray` does not narrow readonly arrays. */
function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
