import { type FragmentDefinitionNode, Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';

/** The fields of one place that share a response key. */
interface SameKey {
  count: number;
  readonly selections: SelectionSetNode[];
}

/**
 * A27: how many pairs of fields with one response key stand in one place, fragments followed and merged as validation will do it: about
 * the work of its rule that overlapping fields can be merged. Linear in the fields with their fragments spread out, which have to
 * be bounded before. Stops counting above `enough`, and answers more than that when so many fragments were followed: fragments
 * without fields, or in a circle, can be spread out without end while no field is counted, and validation refuses them only later.
 */
export function fieldMerges(
  { selectionSet }: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  enough: number,
): number {
  let pairs = 0;
  const followed: Followed = { within: new Set(), left: enough };
  const places: SelectionSetNode[][] = [[selectionSet]];
  for (let place = places.pop(); place !== undefined && pairs <= enough && followed.left >= 0; place = places.pop()) {
    const byKey = new Map<string, SameKey>();
    for (const selection of place) collect(selection, fragments, followed, byKey);
    for (const { count, selections } of byKey.values()) {
      pairs += (count * (count - 1)) / 2;
      if (selections.length > 0) places.push(selections);
    }
  }
  return followed.left < 0 ? enough + 1 : pairs;
}

interface Followed {
  /** The fragments that are being followed, so that a circle of them ends. */
  readonly within: Set<string>;
  /** How many may be followed still. */
  left: number;
}

function collect(
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  followed: Followed,
  byKey: Map<string, SameKey>,
): void {
  for (const node of selections) {
    switch (node.kind) {
      case Kind.FIELD: {
        const key = (node.alias ?? node.name).value;
        let same = byKey.get(key);
        if (same === undefined) {
          same = { count: 0, selections: [] };
          byKey.set(key, same);
        }
        same.count += 1;
        if (node.selectionSet !== undefined) same.selections.push(node.selectionSet);
        break;
      }
      case Kind.INLINE_FRAGMENT:
        collect(node.selectionSet, fragments, followed, byKey);
        break;
      case Kind.FRAGMENT_SPREAD: {
        const name = node.name.value;
        const fragment = fragments.get(name);
        if (fragment === undefined || followed.within.has(name) || followed.left < 0) break;
        followed.left -= 1;
        followed.within.add(name);
        collect(fragment.selectionSet, fragments, followed, byKey);
        followed.within.delete(name);
        break;
      }
      default:
        throw node satisfies never;
    }
  }
}
