import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { listFactor } from './list-factor.ts';

/** What a selection asks for. Every count saturates (A28): none is ever above `SATURATED`. */
export interface SelectionMeasure {
  /** Nested selection sets, the outermost being 1. */
  readonly depth: number;
  /** Fields of the outermost selection set, those of its fragments included. */
  readonly rootFields: number;
  /** Fields at any depth, those of a fragment at each of its spreads. */
  readonly fields: number;
  /** Those of them that have an alias. */
  readonly aliases: number;
  /** Each field costs 1, times the lengths of the lists around it (`listFactor`). */
  readonly complexity: number;
  /** The first of `__schema` and `__type` that is asked for. */
  readonly introspection: string | undefined;
}

/** Far above every setting. */
export const SATURATED = 4_000_000_000;

const NOTHING: SelectionMeasure = {
  depth: 0,
  rootFields: 0,
  fields: 0,
  aliases: 0,
  complexity: 0,
  introspection: undefined,
};

/** What measuring needs to know of the document and the server. */
export interface MeasureContext {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Taken for a page whose size is a variable. */
  readonly largestPage: number;
}

/**
 * Measures the operations of one document before it is validated, so fields and fragments may be missing and fragments cyclic. Each
 * fragment is looked at once, however often and wherever it is spread (A26).
 */
export class DocumentMeasurer {
  readonly #context: MeasureContext;
  readonly #known = new Map<string, SelectionMeasure>();

  constructor(context: MeasureContext) {
    this.#context = context;
  }

  operation({ operation, selectionSet }: OperationDefinitionNode): SelectionMeasure {
    return this.#selection(selectionSet, this.#context.schema.getRootType(operation) ?? undefined);
  }

  #selection({ selections }: SelectionSetNode, parent: GraphQLCompositeType | undefined): SelectionMeasure {
    let sum: SelectionMeasure = { ...NOTHING, depth: 1 };
    for (const node of selections) {
      switch (node.kind) {
        case Kind.FIELD:
          sum = add(sum, this.#field(node, parent));
          break;
        case Kind.INLINE_FRAGMENT: {
          const condition = node.typeCondition;
          const type = condition === undefined ? parent : this.#compositeType(condition.name.value);
          sum = add(sum, this.#selection(node.selectionSet, type));
          break;
        }
        case Kind.FRAGMENT_SPREAD:
          sum = add(sum, this.#fragment(node.name.value));
          break;
        default:
          throw node satisfies never;
      }
    }
    return sum;
  }

  #field(node: FieldNode, parent: GraphQLCompositeType | undefined): SelectionMeasure {
    const name = node.name.value;
    const { schema, largestPage } = this.#context;
    const field = parent === undefined ? undefined : schema.getField(parent, name);
    const type = field === undefined ? undefined : getNamedType(field.type);
    const inner =
      node.selectionSet === undefined
        ? NOTHING
        : this.#selection(node.selectionSet, isCompositeType(type) ? type : undefined);
    const factor = parent === undefined || field === undefined ? 1 : listFactor(parent, field, node, largestPage);
    return {
      depth: inner.depth + 1,
      rootFields: 1,
      fields: inner.fields + 1,
      aliases: inner.aliases + (node.alias === undefined ? 0 : 1),
      complexity: 1 + factor * inner.complexity,
      introspection: name === '__schema' || name === '__type' ? name : inner.introspection,
    };
  }

  #fragment(name: string): SelectionMeasure {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const fragment = this.#context.fragments.get(name);
    if (fragment === undefined) return NOTHING;
    // A cycle meets this entry and stops; validation reports the cycle itself.
    this.#known.set(name, NOTHING);
    const measured = this.#selection(fragment.selectionSet, this.#compositeType(fragment.typeCondition.name.value));
    this.#known.set(name, measured);
    return measured;
  }

  #compositeType(name: string): GraphQLCompositeType | undefined {
    const type = this.#context.schema.getType(name);
    return isCompositeType(type) ? type : undefined;
  }
}

/** `inner` stands in the selection set that `sum` measures: as a field of it, or as a fragment with more of its fields. */
function add(sum: SelectionMeasure, inner: SelectionMeasure): SelectionMeasure {
  return {
    depth: Math.max(sum.depth, inner.depth),
    rootFields: saturated(sum.rootFields + inner.rootFields),
    fields: saturated(sum.fields + inner.fields),
    aliases: saturated(sum.aliases + inner.aliases),
    complexity: saturated(sum.complexity + inner.complexity),
    introspection: sum.introspection ?? inner.introspection,
  };
}

/** Not a number either when it passes what a double can count. */
function saturated(count: number): number {
  return Math.min(count, SATURATED);
}
