import { type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';

/** How far a selection reaches. */
export interface SelectionMeasure {
  /** Nested selection sets, the outermost being 1. */
  readonly depth: number;
  /** Fields of the outermost selection set, those of its fragments included. Saturates: never more than 1,000,000. */
  readonly rootFields: number;
}

const SATURATED = 1_000_000;

/** Measures a selection before validation, so fragments may be missing or cyclic. Each fragment is costed once (A26). */
export function measureSelection(
  selection: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): SelectionMeasure {
  return measure(selection, fragments, new Map());
}

const IN_PROGRESS: SelectionMeasure = { depth: 0, rootFields: 0 };

function measure(
  selection: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  known: Map<string, SelectionMeasure>,
): SelectionMeasure {
  let depth = 1;
  let rootFields = 0;
  for (const node of selection.selections) {
    if (node.kind === Kind.FIELD) {
      rootFields += 1;
      if (node.selectionSet !== undefined) {
        depth = Math.max(depth, 1 + measure(node.selectionSet, fragments, known).depth);
      }
      continue;
    }
    const inner =
      node.kind === Kind.INLINE_FRAGMENT
        ? measure(node.selectionSet, fragments, known)
        : measureFragment(node.name.value, fragments, known);
    depth = Math.max(depth, inner.depth);
    rootFields += inner.rootFields;
  }
  return { depth, rootFields: Math.min(rootFields, SATURATED) };
}

function measureFragment(
  name: string,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  known: Map<string, SelectionMeasure>,
): SelectionMeasure {
  const seen = known.get(name);
  if (seen !== undefined) return seen;
  const fragment = fragments.get(name);
  if (fragment === undefined) return IN_PROGRESS;
  // A cycle meets this entry and stops; validation reports the cycle itself.
  known.set(name, IN_PROGRESS);
  const measured = measure(fragment.selectionSet, fragments, known);
  known.set(name, measured);
  return measured;
}
