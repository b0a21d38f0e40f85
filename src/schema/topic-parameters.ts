import {
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { TopicTemplate } from '../routing/template.ts';
import type { ParameterType, TopicParameter } from '../routing/topic.ts';
import type { Given } from './directive-arguments.ts';
import { membersOf } from './event-members.ts';
import type { ProblemList } from './problem-list.ts';
import { suggestion } from './suggestion.ts';
import type { EventType } from './topic-declaration.ts';

/** Arguments that derived fields have or will have; no parameter may be called so (design §1). */
const TAKEN_ARGUMENTS: ReadonlySet<string> = new Set([
  'from',
  'where',
  'group',
  'event',
  'events',
  'first',
  'after',
  'last',
  'before',
  'since',
  'until',
  'idempotencyKey',
  'atomic',
]);

/** The type as a parameter's, or undefined when it cannot be one. */
function parameterType(type: GraphQLOutputType): ParameterType | undefined {
  const nullable = getNullableType(type);
  if (!isNonNullType(type) || isListType(nullable)) return undefined;
  if (isEnumType(nullable)) return 'ENUM';
  const { name } = getNamedType(type);
  return name === 'ID' || name === 'String' || name === 'Int' ? name : undefined;
}

/** The one type that a field has in all members; undefined, and reported, when there is none. */
export function memberFieldType(
  field: string,
  type: EventType,
  schema: GraphQLSchema,
  given: Given<string>,
  problems: ProblemList,
): GraphQLOutputType | undefined {
  let found: GraphQLOutputType | undefined;
  for (const member of membersOf(type, schema)) {
    const own = member.getFields()[field];
    if (own === undefined) {
      const fix = suggestion(field, Object.keys(member.getFields()));
      problems.add(
        given.node,
        `"${field}" is no field of ${member.name}`,
        `${fix}Declare "${field}: ID!" in ${member.name}, or name a field that it has.`,
      );
      return undefined;
    }
    if (found !== undefined && String(found) !== String(own.type)) {
      const message = `"${field}" has several types in ${type.name}: ${String(found)} and ${String(own.type)}`;
      problems.add(given.node, message, `Give "${field}" one type in all members of ${type.name}.`);
      return undefined;
    }
    found = own.type;
  }
  return found;
}

/** Checks the parameters of a template against the event type. Those that are unfit are reported and left out. */
export function readParameters(
  template: TopicTemplate,
  type: EventType,
  schema: GraphQLSchema,
  given: Given<string>,
  unknown: ReadonlySet<string>,
  problems: ProblemList,
): readonly TopicParameter[] {
  const parameters: TopicParameter[] = [];
  for (const part of template.parts) {
    if (part.type === 'literal') continue;
    const { field, argument } = part;
    if (TAKEN_ARGUMENTS.has(argument) || argument.startsWith('__')) {
      const other = `${type.name.charAt(0).toLowerCase()}${type.name.slice(1)}${field.charAt(0).toUpperCase()}${field.slice(1)}`;
      problems.add(
        given.node,
        `the argument "${argument}" is taken: derived fields have arguments of that name`,
        `Rename it: {${field} as ${other.replaceAll('_', '')}}.`,
      );
    }
    const fieldType = memberFieldType(field, type, schema, given, problems);
    if (fieldType === undefined || unknown.has(getNamedType(fieldType).name)) continue;
    const parameter = parameterType(fieldType);
    if (parameter === undefined) {
      problems.add(
        given.node,
        `"${field}" is ${String(fieldType)}; a parameter is a non-null ID, String, Int or enum`,
        `Declare it as "${field}: ${fitType(fieldType)}!", or name another field.`,
      );
      continue;
    }
    parameters.push({ field, argument, type: parameter });
  }
  return parameters;
}

/** The named type itself where only the wrapping is wrong, else ID. */
function fitType(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  return isEnumType(named) || named.name === 'String' || named.name === 'Int' ? named.name : 'ID';
}
