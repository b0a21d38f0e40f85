import type { FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';

/** One validated subscription operation, to be run on every event of a group. */
export interface ProjectionRequest {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  /** All fragments of the document, by name. */
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Coerced, defaults filled in. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The operation needs something that is not compiled: it is executed instead. */
export class NotCompilable extends Error {
  override readonly name = 'NotCompilable';
}
