import {
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { variablesRead } from '../fanout/projection/variables.ts';
import { stringifyJson } from '../json/text.ts';
import type { JsonValue } from '../json/value.ts';
import type { ValidDocument } from './document.ts';

/** What of an operation's text decides its results: computed once per cached document. */
interface NormalizedOperation {
  /** The selection without operation name, variable definitions and root arguments, fragments appended. */
  readonly text: string;
  /** Variables that the selection reads, sorted. */
  readonly variables: readonly string[];
}

const normalized = new WeakMap<OperationDefinitionNode, NormalizedOperation>();

/**
 * The text that is equal for subscriptions with equal results for equal events: normalized operation, and the variables that the
 * selection reads. The topic instance and the filter are not in it.
 */
export function selectionKey(
  document: Pick<ValidDocument, 'fragments'>,
  operation: OperationDefinitionNode,
  coerced: Readonly<Record<string, unknown>>,
): string {
  let parts = normalized.get(operation);
  if (parts === undefined) {
    parts = normalize(document, operation);
    normalized.set(operation, parts);
  }
  // Most read none: all of them then hold one and the same text.
  if (parts.variables.length === 0) return parts.text;
  const variables = parts.variables.map((name) => [name, (coerced[name] ?? null) as JsonValue]);
  return `${parts.text}\n${stringifyJson(variables as JsonValue)}`;
}

/** The text that is equal for subscriptions whose filters are the same: the coerced `where`; empty for none. */
export function filterKey(where: unknown): string {
  // Coerced inputs are JSON by construction: the schema's scalars coerce to JSON values.
  return where === undefined ? '' : stringifyJson(where as JsonValue);
}

function normalize(
  document: Pick<ValidDocument, 'fragments'>,
  operation: OperationDefinitionNode,
): NormalizedOperation {
  const reached = new Map<string, FragmentDefinitionNode>();
  const rootFragments = new Set<string>();
  reach(operation.selectionSet, document.fragments, reached);
  collectRootFragments(operation.selectionSet, document.fragments, rootFragments);
  const fragments = [...reached.values()]
    .sort((a, b) => (a.name.value < b.name.value ? -1 : 1))
    .map((fragment) =>
      rootFragments.has(fragment.name.value)
        ? { ...fragment, selectionSet: withoutArguments(fragment.selectionSet) }
        : fragment,
    );
  const text = [withoutArguments(operation.selectionSet), ...fragments].map((node) => print(node)).join('\n');
  return { text, variables: [...variablesRead(operation, document.fragments)].sort() };
}

/** Takes the arguments off the fields of a root selection set; they are in the plan as instance and filter. */
function withoutArguments(selection: SelectionSetNode): SelectionSetNode {
  const selections = selection.selections.map((node): SelectionNode => {
    switch (node.kind) {
      case Kind.FIELD:
        return { ...node, arguments: [] };
      case Kind.INLINE_FRAGMENT:
        return { ...node, selectionSet: withoutArguments(node.selectionSet) };
      case Kind.FRAGMENT_SPREAD:
        return node;
      default:
        throw node satisfies never;
    }
  });
  return { ...selection, selections };
}

function reach(
  selection: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  reached: Map<string, FragmentDefinitionNode>,
): void {
  for (const node of selection.selections) {
    if (node.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = fragments.get(node.name.value);
      if (fragment === undefined || reached.has(node.name.value)) continue;
      reached.set(node.name.value, fragment);
      reach(fragment.selectionSet, fragments, reached);
    } else if (node.selectionSet !== undefined) {
      reach(node.selectionSet, fragments, reached);
    }
  }
}

/** Names of the fragments that stand at the root, directly or through each other. */
function collectRootFragments(
  selection: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  names: Set<string>,
): void {
  for (const node of selection.selections) {
    if (node.kind === Kind.INLINE_FRAGMENT) collectRootFragments(node.selectionSet, fragments, names);
    if (node.kind !== Kind.FRAGMENT_SPREAD || names.has(node.name.value)) continue;
    names.add(node.name.value);
    const fragment = fragments.get(node.name.value);
    if (fragment !== undefined) collectRootFragments(fragment.selectionSet, fragments, names);
  }
}
