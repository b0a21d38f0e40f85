import {
  type GraphQLInterfaceType,
  type GraphQLNamedOutputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type GraphQLUnionType,
  getNamedType,
  isLeafType,
  isObjectType,
} from 'graphql';
import type { MemberConstants } from './member-constants.ts';
import { describe, lowerFirst, retype } from './sdl-text.ts';

/** The name of the input type for an output type: leaves are their own. */
export function inputName(type: GraphQLNamedOutputType): string {
  return isLeafType(type) ? type.name : `${type.name}Input`;
}

function objectInput(type: GraphQLObjectType, constants: MemberConstants): string {
  const own = constants.get(type.name);
  const fields = Object.values(type.getFields())
    .filter((field) => own?.has(field.name) !== true)
    .map((field) => {
      const text = retype(field.type, inputName(getNamedType(field.type)));
      return `${describe(field.description, '  ')}  ${field.name}: ${text}\n`;
    });
  return `${describe(type.description)}input ${inputName(type)} {\n${fields.join('')}}\n`;
}

function abstractInput(type: GraphQLInterfaceType | GraphQLUnionType, schema: GraphQLSchema): string {
  const fields = schema.getPossibleTypes(type).map((member) => `  ${lowerFirst(member.name)}: ${inputName(member)}\n`);
  const about = type.description ?? `One ${type.name}: exactly one of the fields.`;
  return `${describe(about)}input ${inputName(type)} @oneOf {\n${fields.join('')}}\n`;
}

/** SDL of the input types for everything that a published event can hold. `reached`: from the topics that have a mutation. */
export function inputTypes(
  reached: ReadonlySet<GraphQLNamedOutputType>,
  constants: MemberConstants,
  schema: GraphQLSchema,
): string {
  let text = '';
  for (const type of reached) {
    if (isLeafType(type)) continue;
    text += isObjectType(type) ? objectInput(type, constants) : abstractInput(type, schema);
  }
  return text;
}
