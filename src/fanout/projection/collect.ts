import {
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type InlineFragmentNode,
  isAbstractType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { NotCompilable, type ProjectionRequest } from './request.ts';

/** The fields to resolve on an object, by response key in the order of the result; never an empty list of nodes. */
export type FieldGroups = ReadonlyMap<string, readonly FieldNode[]>;

/**
 * CollectFields of the GraphQL specification (§6.3.2) for several selection sets of one object: fragments expanded for its type,
 * `@skip` and `@include` decided, nodes of one response key together.
 */
export function collectFields(
  request: ProjectionRequest,
  objectType: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
): FieldGroups {
  const groups = new Map<string, FieldNode[]>();
  const visited = new Set<string>();

  function collect(selectionSet: SelectionSetNode): void {
    for (const node of selectionSet.selections) {
      if (isIncluded(request, node)) add(node);
    }
  }

  function add(node: SelectionNode): void {
    switch (node.kind) {
      case Kind.FIELD: {
        const key = node.alias?.value ?? node.name.value;
        const group = groups.get(key);
        if (group === undefined) groups.set(key, [node]);
        else group.push(node);
        return;
      }
      case Kind.INLINE_FRAGMENT:
        if (applies(request, node, objectType)) collect(node.selectionSet);
        return;
      case Kind.FRAGMENT_SPREAD: {
        const name = node.name.value;
        const fragment = request.fragments.get(name);
        if (fragment === undefined || visited.has(name) || !applies(request, fragment, objectType)) return;
        if (fragment.variableDefinitions !== undefined && fragment.variableDefinitions.length > 0) {
          throw new NotCompilable('a fragment has variables of its own');
        }
        visited.add(name);
        collect(fragment.selectionSet);
        return;
      }
      default:
        throw node satisfies never;
    }
  }

  for (const selectionSet of selectionSets) collect(selectionSet);
  return groups;
}

function applies(
  { schema }: ProjectionRequest,
  fragment: InlineFragmentNode | FragmentDefinitionNode,
  objectType: GraphQLObjectType,
): boolean {
  if (fragment.typeCondition === undefined) return true;
  const condition = schema.getType(fragment.typeCondition.name.value);
  return condition === objectType || (isAbstractType(condition) && schema.isSubType(condition, objectType));
}

function isIncluded(request: ProjectionRequest, node: SelectionNode): boolean {
  let skip: DirectiveNode | undefined;
  let include: DirectiveNode | undefined;
  for (const directive of node.directives ?? []) {
    // Neither may be repeated; graphql-js takes the first.
    if (directive.name.value === 'skip') skip ??= directive;
    else if (directive.name.value === 'include') include ??= directive;
  }
  if (skip !== undefined && condition(request, skip)) return false;
  return include === undefined || condition(request, include);
}

/** The coerced argument `if`. */
function condition({ variables }: ProjectionRequest, directive: DirectiveNode): boolean {
  const node = directive.arguments?.find((argument) => argument.name.value === 'if')?.value;
  if (node?.kind === Kind.BOOLEAN) return node.value;
  if (node?.kind === Kind.VARIABLE && Object.hasOwn(variables, node.name.value)) {
    const value = variables[node.name.value];
    if (typeof value === 'boolean') return value;
  }
  // A variable with a default may still be null at run time: graphql-js knows what to say.
  throw new NotCompilable(`@${directive.name.value} has no Boolean`);
}
