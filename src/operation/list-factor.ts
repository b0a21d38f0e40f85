import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLOutputType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type ValueNode,
} from 'graphql';
import { DEFAULT_COUNT } from './history/request.ts';

/** How long a list of unknown length is taken to be. */
const ASSUMED_LIST_LENGTH = 10;

/**
 * How many values a field may stand for, at least 1. A page of history: its `first` or `last`, `largestPage` where that is a variable
 * (documents are measured without variables), else 100; the lists inside a page are the page itself. Any other list: 10 for each level.
 */
export function listFactor(
  parent: GraphQLCompositeType,
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  largestPage: number,
): number {
  if (field.args.some((argument) => argument.name === 'first')) return pageSize(node, largestPage);
  if (isPage(parent)) return 1;
  let factor = 1;
  for (let type: GraphQLOutputType = field.type; ; ) {
    if (isNonNullType(type)) type = type.ofType;
    else if (isListType(type)) {
      factor *= ASSUMED_LIST_LENGTH;
      type = type.ofType;
    } else return factor;
  }
}

function isPage(type: GraphQLCompositeType): boolean {
  return isObjectType(type) && type.name.endsWith('Connection') && 'pageInfo' in type.getFields();
}

function pageSize(node: FieldNode, largestPage: number): number {
  const sizes = (node.arguments ?? []).flatMap(({ name, value }) =>
    name.value === 'first' || name.value === 'last' ? [sizeOf(value, largestPage)] : [],
  );
  return sizes.length === 0 ? DEFAULT_COUNT : Math.max(...sizes);
}

function sizeOf(value: ValueNode, largestPage: number): number {
  if (value.kind === Kind.NULL) return DEFAULT_COUNT;
  if (value.kind !== Kind.INT) return largestPage;
  // What is over the largest page is refused when it runs.
  return Math.min(Math.max(Number(value.value), 1), largestPage);
}
