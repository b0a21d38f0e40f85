import { type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';

/** May the selections below these nodes ask for a field of that name, at any depth? Directives are not looked at. */
export function selectsMember(
  nodes: readonly FieldNode[],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  name: string,
): boolean {
  const visited = new Set<string>();

  function inside(selection: SelectionSetNode | undefined): boolean {
    return (
      selection?.selections.some((node) => {
        if (node.kind === Kind.FIELD) return node.name.value === name || inside(node.selectionSet);
        if (node.kind === Kind.INLINE_FRAGMENT) return inside(node.selectionSet);
        if (visited.has(node.name.value)) return false;
        visited.add(node.name.value);
        return inside(fragments.get(node.name.value)?.selectionSet);
      }) ?? false
    );
  }

  return nodes.some((node) => inside(node.selectionSet));
}
