import { type ASTNode, GraphQLObjectType, GraphQLSchema, GraphQLString, validateSchema } from 'graphql';
import type { ProblemList } from './problem-list.ts';

/** Fixes for what graphql-js finds in types, by the words of its messages; they end in a general one. */
const FIXES: readonly [message: RegExp, fix: string][] = [
  [/must define one or more/, 'Give it at least one.'],
  [/must not begin with "__"/, 'Choose a name that does not begin with "__".'],
  [/must be Output Type/, 'Use a scalar, enum, object, interface or union type; input types are derived from those.'],
  [/does not provide it/, 'Declare the field in the type too.'],
  [/expects type/, 'Give the field the type that the interface declares, or a narrower one.'],
  [/must only implement Interface types/, 'Implement interface types only.'],
  [/can only include Object types/, 'List object types only.'],
  [/only (?:implement|include) .* once/, 'Name it once.'],
  [/must be marked|must implement/, 'Add the interface to the list behind "implements".'],
  [/circular reference/, 'Break the circle.'],
];

/** A definition's name says where it is; the whole of it begins with its description. */
function nameOf(node: ASTNode | undefined): ASTNode | undefined {
  return node !== undefined && 'name' in node && node.kind.endsWith('Definition') ? node.name : node;
}

/** Checks the user's types by the type rules of GraphQL (specification, section 3). What they say of `unknown` types is left out. */
export function checkTypeRules(types: GraphQLSchema, unknown: ReadonlySet<string>, problems: ProblemList): void {
  // The rules ask for a query type, which is derived later.
  let name = 'Query';
  while (types.getType(name) !== undefined) name += '_';
  const query = new GraphQLObjectType({ name, fields: { topics: { type: GraphQLString } } });
  for (const error of validateSchema(new GraphQLSchema({ ...types.toConfig(), query, assumeValid: false }))) {
    if (error.message.match(/\w+/g)?.some((word) => unknown.has(word))) continue;
    const fix = FIXES.find(([message]) => message.test(error.message))?.[1];
    problems.add(
      nameOf(error.nodes?.at(-1)),
      error.message,
      fix ?? 'See the GraphQL specification, section 3 (Type System).',
    );
  }
}
