import {
  findBreakingChanges,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql';
import type { GatewaySchema } from './gateway-schema.ts';

/** How one schema differs from another. Lines are for people: `+` came, `-` went, `~` changed. */
export interface SchemaDiff {
  readonly lines: readonly string[];
  /** What can break a client, in graphql-js's words. */
  readonly breaking: readonly string[];
}

export function schemaDiff(before: GatewaySchema, after: GatewaySchema): SchemaDiff {
  return {
    lines: [
      ...compare('topic ', topicTexts(before), topicTexts(after)),
      ...compare('', memberTexts(before.schema), memberTexts(after.schema)),
    ],
    breaking: findBreakingChanges(before.schema, after.schema).map(({ description }) => description),
  };
}

function compare(
  what: string,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  const lines: string[] = [];
  for (const [name, text] of before) {
    const now = after.get(name);
    if (now === undefined) lines.push(`- ${what}${name}`);
    else if (now !== text) lines.push(`~ ${what}${name}: ${text} -> ${now}`);
  }
  for (const [name, text] of after) if (!before.has(name)) lines.push(`+ ${what}${name}: ${text}`);
  return lines;
}

function topicTexts({ topics }: GatewaySchema): ReadonlyMap<string, string> {
  return new Map(
    topics.map(({ topic: { name, typeName, policy, wildcard } }) => {
      const { delivery, ...rest } = policy;
      const facts = Object.entries(rest).flatMap(([fact, value]) => (value === undefined ? [] : [`${fact} ${value}`]));
      return [name, [typeName, delivery, ...facts, ...(wildcard ? ['wildcard'] : [])].join(', ')];
    }),
  );
}

/** The fields and values of the types that the file declares; what is derived from them follows. */
function memberTexts(schema: GraphQLSchema): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (isWritten(type)) for (const [name, text] of membersOf(type)) texts.set(`${type.name}.${name}`, text);
  }
  return texts;
}

/** Derived types were parsed without locations. */
function isWritten(type: GraphQLNamedType): boolean {
  return type.astNode?.loc !== undefined;
}

function membersOf(type: GraphQLNamedType): readonly (readonly [string, string])[] {
  if (isObjectType(type) || isInterfaceType(type)) {
    return Object.values(type.getFields()).map((field) => [field.name, String(field.type)]);
  }
  if (isEnumType(type)) return type.getValues().map(({ name }) => [name, 'value']);
  if (isUnionType(type)) return type.getTypes().map(({ name }) => [name, 'member']);
  return [];
}
