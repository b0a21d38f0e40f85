import {
  type DirectiveNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

/**
 * Names of the variables that the result of one event depends on: those in directives, and in arguments below the root field.
 * The root field's own arguments choose the stream and the filter; they are not in it.
 */
export function variablesRead(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): ReadonlySet<string> {
  const read = new Set<string>();
  const visited = { root: new Set<string>(), nested: new Set<string>() };

  function selections(set: SelectionSetNode, place: 'root' | 'nested'): void {
    for (const node of set.selections) selection(node, place);
  }

  function selection(node: SelectionNode, place: 'root' | 'nested'): void {
    directives(node.directives);
    switch (node.kind) {
      case Kind.FIELD:
        if (place === 'nested') for (const argument of node.arguments ?? []) value(argument.value);
        if (node.selectionSet !== undefined) selections(node.selectionSet, 'nested');
        return;
      case Kind.INLINE_FRAGMENT:
        selections(node.selectionSet, place);
        return;
      case Kind.FRAGMENT_SPREAD: {
        const name = node.name.value;
        const fragment = fragments.get(name);
        if (fragment === undefined || visited[place].has(name)) return;
        visited[place].add(name);
        directives(fragment.directives);
        selections(fragment.selectionSet, place);
        return;
      }
      default:
        throw node satisfies never;
    }
  }

  function directives(nodes: readonly DirectiveNode[] | undefined): void {
    for (const directive of nodes ?? []) for (const argument of directive.arguments ?? []) value(argument.value);
  }

  function value(node: ValueNode): void {
    if (node.kind === Kind.VARIABLE) read.add(node.name.value);
    else if (node.kind === Kind.LIST) node.values.forEach(value);
    else if (node.kind === Kind.OBJECT) for (const field of node.fields) value(field.value);
  }

  selections(operation.selectionSet, 'root');
  return read;
}
