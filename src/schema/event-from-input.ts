import {
  type GraphQLAbstractType,
  type GraphQLNamedOutputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
} from 'graphql';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { type Discriminator, TYPE_MEMBER } from './discriminator.ts';
import type { MemberConstants } from './member-constants.ts';
import { reachableTypes } from './reachable-types.ts';
import { lowerFirst } from './sdl-text.ts';

type Rewrite = (value: JsonObject) => JsonObject;

/** Makes, per type, the function that turns a coerced input into an event; undefined where the two are the same. */
export class EventRewriter {
  readonly #schema: GraphQLSchema;
  readonly #discriminators: ReadonlyMap<string, Discriminator>;
  readonly #constants: MemberConstants;
  readonly #made = new Map<GraphQLNamedOutputType, Rewrite | undefined>();

  /** `discriminators` by the name of the abstract type. */
  constructor(schema: GraphQLSchema, discriminators: ReadonlyMap<string, Discriminator>, constants: MemberConstants) {
    this.#schema = schema;
    this.#discriminators = discriminators;
    this.#constants = constants;
  }

  rewriteOf(type: GraphQLNamedOutputType): Rewrite | undefined {
    if (this.#made.has(type)) return this.#made.get(type);
    if (!this.#changes(type)) {
      this.#made.set(type, undefined);
      return undefined;
    }
    // Recorded before it is made, for types that hold themselves.
    let made: Rewrite | undefined;
    const later: Rewrite = (value) => (made === undefined ? value : made(value));
    this.#made.set(type, later);
    made = isAbstractType(type)
      ? this.#memberRewrite(type)
      : isObjectType(type)
        ? this.#objectRewrite(type)
        : undefined;
    return later;
  }

  /** Does a value of this type hold, at any depth, something that Sluice writes? */
  #changes(type: GraphQLNamedOutputType): boolean {
    for (const reached of reachableTypes([type], this.#schema)) {
      if (!isLeafType(reached) && (!isObjectType(reached) || this.#constants.has(reached.name))) return true;
    }
    return false;
  }

  #objectRewrite(type: GraphQLObjectType): Rewrite {
    const fields = Object.values(type.getFields()).flatMap((field): [string, Rewrite][] => {
      const rewrite = this.rewriteOf(getNamedType(field.type));
      return rewrite === undefined ? [] : [[field.name, rewrite]];
    });
    // A discriminator that is no declared field belongs to the abstract type alone and is written there.
    const constants = [...(this.#constants.get(type.name) ?? [])].filter(([member]) => type.getFields()[member]);
    return (value) => {
      const event: Record<string, JsonValue> = { ...Object.fromEntries(constants), ...value };
      for (const [name, rewrite] of fields) {
        const own = Object.hasOwn(event, name) ? event[name] : undefined;
        if (own !== undefined) event[name] = rewriteInside(own, rewrite);
      }
      return event;
    };
  }

  #memberRewrite(type: GraphQLAbstractType): Rewrite {
    const discriminator = this.#discriminators.get(type.name);
    const member = discriminator?.member ?? TYPE_MEMBER;
    const values = new Map([...(discriminator?.types ?? [])].map(([value, name]) => [name, value]));
    const members = new Map(
      this.#schema
        .getPossibleTypes(type)
        .map((object) => [
          lowerFirst(object.name),
          { value: values.get(object.name) ?? object.name, rewrite: this.rewriteOf(object) },
        ]),
    );
    return (input) => {
      for (const [field, { value, rewrite }] of members) {
        const given = Object.hasOwn(input, field) ? input[field] : undefined;
        // By the type of the input it is an object.
        if (given !== undefined)
          return { [member]: value, ...(rewrite?.(given as JsonObject) ?? (given as JsonObject)) };
      }
      return input;
    };
  }
}

/** Rewrites an object, or the objects in a list, however deep; null stays. */
function rewriteInside(value: JsonValue, rewrite: Rewrite): JsonValue {
  if (Array.isArray(value)) return value.map((element: JsonValue) => rewriteInside(element, rewrite));
  return typeof value === 'object' && value !== null ? rewrite(value as JsonObject) : value;
}
