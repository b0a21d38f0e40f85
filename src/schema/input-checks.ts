import {
  type GraphQLField,
  type GraphQLNamedOutputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { MemberConstants } from './member-constants.ts';
import type { ProblemList } from './problem-list.ts';
import { lowerFirst } from './sdl-text.ts';

const READ_ONLY = 'make the topic read only with mutation: null';

/** The type whose value this field's value must hold; undefined when it may be null or an empty list. */
function requiredType(field: GraphQLField): GraphQLNamedOutputType | undefined {
  return isNonNullType(field.type) && !isListType(getNullableType(field.type)) ? getNamedType(field.type) : undefined;
}

/** The types of which a finite value can be written: those whose required fields all are such types. */
function finiteTypes(reached: ReadonlySet<GraphQLNamedOutputType>, schema: GraphQLSchema): Set<GraphQLNamedType> {
  const finite = new Set<GraphQLNamedType>([...reached].filter(isLeafType));
  for (let before = -1; before !== finite.size; ) {
    before = finite.size;
    for (const type of reached) {
      const isOne = isAbstractType(type)
        ? schema.getPossibleTypes(type).some((member) => finite.has(member))
        : isObjectType(type) &&
          Object.values(type.getFields()).every((field) => {
            const required = requiredType(field);
            return required === undefined || finite.has(required);
          });
      if (isOne) finite.add(type);
    }
  }
  return finite;
}

/** Can a value of `from` be led back to `to` through required fields only? */
function leadsBack(from: GraphQLNamedType, to: GraphQLNamedType, schema: GraphQLSchema): boolean {
  const seen = new Set<GraphQLNamedType>([from]);
  for (const type of seen) {
    if (type === to) return true;
    if (isAbstractType(type)) for (const member of schema.getPossibleTypes(type)) seen.add(member);
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const required = requiredType(field);
      if (required !== undefined) seen.add(required);
    }
  }
  return false;
}

function checkAbstract(type: GraphQLNamedOutputType, schema: GraphQLSchema, problems: ProblemList): void {
  if (!isAbstractType(type)) return;
  const members = schema.getPossibleTypes(type);
  if (members.length === 0) {
    problems.add(
      type.astNode?.name,
      `no type implements ${type.name}`,
      `Write a type that implements ${type.name}, or ${READ_ONLY}.`,
    );
  }
  const fields = new Map<string, string>();
  for (const { name } of members) {
    const other = fields.get(lowerFirst(name));
    if (other !== undefined) {
      const message = `${other} and ${name} would both be the field "${lowerFirst(name)}" of ${type.name}Input`;
      problems.add(schema.getType(name)?.astNode?.name, message, `Rename one of the two, or ${READ_ONLY}.`);
    }
    fields.set(lowerFirst(name), name);
  }
}

/** Checks that every type that a published event can hold can be an input. `reached`: from the topics that have a mutation. */
export function checkInputs(
  reached: ReadonlySet<GraphQLNamedOutputType>,
  constants: MemberConstants,
  schema: GraphQLSchema,
  problems: ProblemList,
): void {
  const finite = finiteTypes(reached, schema);
  for (const type of reached) {
    checkAbstract(type, schema, problems);
    if (!isObjectType(type)) continue;
    const given = Object.keys(type.getFields()).filter((name) => constants.get(type.name)?.has(name) !== true);
    if (given.length === 0) {
      const message = `${type.name} cannot be an input: its only field is the discriminator, which Sluice writes`;
      problems.add(type.astNode?.name, message, `Give ${type.name} another field, or ${READ_ONLY}.`);
    }
    if (finite.has(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const required = requiredType(field);
      if (required === undefined || finite.has(required) || !leadsBack(required, type, schema)) continue;
      problems.add(
        field.astNode?.type,
        `${type.name}.${field.name} cannot be an input: a ${type.name} would have to hold another one without end`,
        `Write "${field.name}: ${required.name}" without "!", or ${READ_ONLY}.`,
      );
    }
  }
}
