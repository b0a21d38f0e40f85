import {
  type DirectiveNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isObjectType,
} from 'graphql';
import { DirectiveArguments, type Given } from './directive-arguments.ts';
import { membersOf } from './event-members.ts';
import type { ProblemList } from './problem-list.ts';
import type { TopicDeclaration } from './topic-declaration.ts';

/** How the values of an abstract type name their object type. */
export interface Discriminator {
  /** The JSON member. */
  readonly member: string;
  /** Object type by the member's value. */
  readonly types: ReadonlyMap<string, string>;
}

/** The member that names the type where nothing else is said (design §1). */
export const TYPE_MEMBER = '__typename';

function eventDirective(type: GraphQLObjectType): DirectiveNode | undefined {
  const nodes = [type.astNode, ...type.extensionASTNodes];
  return nodes.flatMap((node) => node?.directives ?? []).find((directive) => directive.name.value === 'event');
}

/** The value of a type's `@event`. Call it once per type and list of problems. */
export function eventValue(type: GraphQLObjectType, problems: ProblemList): Given<string> | undefined {
  const directive = eventDirective(type);
  return directive === undefined
    ? undefined
    : new DirectiveArguments(directive, problems).string('value', '"order.placed"');
}

/** Can a declared field of that name hold the member's value? Reports when it cannot. */
function checkField(
  member: GraphQLObjectType,
  name: string,
  value: string,
  given: Given<string>,
  problems: ProblemList,
): void {
  const field = member.getFields()[name];
  if (field === undefined) return;
  const type = getNullableType(field.type);
  const fits = isEnumType(type)
    ? type.getValue(value) !== undefined
    : type === getNamedType(type) && (type.name === 'String' || type.name === 'ID');
  if (fits) return;
  problems.add(
    given.node,
    `the discriminator "${name}" is the field ${member.name}.${name} of type ${String(field.type)}, which cannot hold "${value}"`,
    `Declare the field as "${name}: String!", or choose another discriminator.`,
  );
}

/** Judges the discriminator of a topic and the `@event` of its members; undefined for object types. */
export function readDiscriminator(
  declaration: TopicDeclaration,
  schema: GraphQLSchema,
  problems: ProblemList,
): Discriminator | undefined {
  const { type, discriminator: given } = declaration;
  if (isObjectType(type)) {
    if (given !== undefined) {
      const message = `"discriminator" means nothing here: ${type.name} is an object type, so its events have one type`;
      problems.add(given.node, message, 'Remove it, or put @topic on a union or interface.');
    }
    return undefined;
  }
  if (given === undefined) return undefined;
  if (given.value === '' || given.value === '__proto__') {
    problems.add(given.node, `"${given.value}" cannot be the discriminator`, 'Name a JSON member, for example "kind".');
    return undefined;
  }
  const types = new Map<string, string>();
  for (const member of membersOf(type, schema)) {
    const own = eventValue(member, problems);
    const value = own?.value ?? member.name;
    const other = types.get(value);
    if (other !== undefined) {
      const message = `${member.name} and ${other} have the same "${given.value}" in ${type.name}: "${value}"`;
      problems.add(own?.node ?? member.astNode?.name, message, `Give each its own: @event(value: "…").`);
    }
    types.set(value, member.name);
    checkField(member, given.value, value, given, problems);
  }
  return { member: given.value, types };
}

/** Reports every `@event` that no discriminator reads. */
export function checkEventDirectives(
  declarations: readonly TopicDeclaration[],
  schema: GraphQLSchema,
  problems: ProblemList,
): void {
  const read = new Set(
    declarations
      .filter(({ discriminator, type }) => discriminator !== undefined && !isObjectType(type))
      .flatMap(({ type }) => membersOf(type, schema)),
  );
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || read.has(type)) continue;
    const directive = eventDirective(type);
    if (directive === undefined) continue;
    problems.add(
      directive,
      `"@event" means nothing on ${type.name}: it is no member of a topic that has a discriminator`,
      'Remove it, or write discriminator: "kind" on the @topic of its union or interface.',
    );
  }
}
