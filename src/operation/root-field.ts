import { type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';

/** The first field of a validated root selection, fragments followed. A valid subscription has one root field only (P80). */
export function rootField(
  selection: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): FieldNode | undefined {
  for (const node of selection.selections) {
    if (node.kind === Kind.FIELD) return node;
    const inner = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value);
    const found = inner === undefined ? undefined : rootField(inner.selectionSet, fragments);
    if (found !== undefined) return found;
  }
  return undefined;
}
