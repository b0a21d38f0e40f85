import {
  type GraphQLNamedOutputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import type { ProblemList } from './problem-list.ts';
import { BUILT_IN_SCALAR_NAMES } from './user-types.ts';

/** The types that values of a type lead to directly: field types, and the object types of an abstract one. */
function next(type: GraphQLNamedType, schema: GraphQLSchema): GraphQLNamedOutputType[] {
  const found: GraphQLNamedOutputType[] = [];
  if (isObjectType(type) || isInterfaceType(type)) {
    found.push(...Object.values(type.getFields()).map((field) => getNamedType(field.type)));
  }
  if (isAbstractType(type)) found.push(...schema.getPossibleTypes(type));
  return found.filter((other) => !isIntrospectionType(other));
}

/** All types that values of `roots` can hold, those included, in a fixed order. */
export function reachableTypes(
  roots: Iterable<GraphQLNamedOutputType>,
  schema: GraphQLSchema,
): ReadonlySet<GraphQLNamedOutputType> {
  const reached = new Set(roots);
  // A set's iteration goes on over what is added meanwhile.
  for (const type of reached) for (const other of next(type, schema)) reached.add(other);
  return reached;
}

/** Reports types that no event can hold. An interface counts as used when a used type implements it. */
export function checkUnusedTypes(
  reached: ReadonlySet<GraphQLNamedOutputType>,
  schema: GraphQLSchema,
  unknown: ReadonlySet<string>,
  problems: ProblemList,
): void {
  const used = new Set<GraphQLNamedType>(reached);
  for (const type of reached) {
    if (isObjectType(type) || isInterfaceType(type))
      for (const implemented of type.getInterfaces()) used.add(implemented);
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (used.has(type) || isIntrospectionType(type) || BUILT_IN_SCALAR_NAMES.has(type.name) || unknown.has(type.name))
      continue;
    // One with a directive that is not known was meant for something.
    const nodes = [type.astNode, ...type.extensionASTNodes];
    if (
      nodes.some((node) =>
        node?.directives?.some(({ name }) => !['topic', 'event', 'specifiedBy', 'oneOf'].includes(name.value)),
      )
    )
      continue;
    if (problems.isReported(type.astNode?.name)) continue;
    if (isInputObjectType(type)) {
      problems.add(
        type.astNode?.name,
        `nothing can use the input type "${type.name}"`,
        'Remove it: inputs are derived from the event types.',
      );
    } else {
      problems.add(
        type.astNode?.name,
        `no topic leads to the type "${type.name}"`,
        'Remove it, use it in an event type, or put @topic on it.',
      );
    }
  }
}
