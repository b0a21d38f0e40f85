import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isNonNullType,
  type OperationDefinitionNode,
} from 'graphql';
import { collectFields } from '../../fanout/projection/collect.ts';
import { positionCompleter } from '../../fanout/projection/composite.ts';
import { quote } from '../../fanout/projection/quote.ts';
import { NotCompilable } from '../../fanout/projection/request.ts';
import { Run } from '../../fanout/projection/run.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { MemberFunction } from '../own-member.ts';
import type { RootValue } from '../root-value.ts';
import { compileRootArguments, type RootArguments } from './root-arguments.ts';
import { selectsMember } from './selects-member.ts';

/** A validated query or mutation, and the values of the Boolean variables that its directives read. */
export interface RootsRequest {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** One root field of a compiled operation. `prefix` is its response key as JSON, with the colon. */
export type CompiledRoot =
  | { readonly type: 'constant'; readonly prefix: string; readonly text: string }
  | {
      readonly type: 'call';
      readonly prefix: string;
      readonly responseKey: string;
      readonly fieldName: string;
      readonly call: MemberFunction;
      readonly argumentsOf: RootArguments;
      /** An error of the field itself makes the whole result null, and no later root field runs. */
      readonly isNonNull: boolean;
      readonly complete: Completion;
    };

/**
 * The JSON text of what a call gave. What holds an error has none: `partial` when the error leaves the field itself a value, else
 * `null`. Only graphql-js can say what the error is.
 */
export type Completion = (value: unknown) => CompletedField;

export type CompletedField = { readonly text: string } | 'partial' | 'null';

/**
 * Compiles the root fields of an operation in the order of its result: the calls of the root value, and how their results become JSON
 * text. Throws {@link NotCompilable} for what graphql-js has to execute: introspection, pages of history, and what the projection
 * compiler does not take.
 */
export function compileRoots(request: RootsRequest, rootValue: RootValue): readonly CompiledRoot[] {
  const { schema, operation } = request;
  const parentType = schema.getRootType(operation.operation);
  if (parentType == null) throw new NotCompilable(`the schema has no type for a ${operation.operation}`);
  const roots: CompiledRoot[] = [];
  for (const [responseKey, nodes] of collectFields(request, parentType, [operation.selectionSet])) {
    const [node] = nodes;
    if (node === undefined) continue;
    roots.push(compileRoot(request, rootValue, { parentType, responseKey, nodes, node }));
  }
  return roots;
}

interface RootPlace {
  readonly parentType: GraphQLObjectType;
  readonly responseKey: string;
  readonly nodes: readonly FieldNode[];
  /** The first of the nodes. */
  readonly node: FieldNode;
}

function compileRoot(request: RootsRequest, rootValue: RootValue, place: RootPlace): CompiledRoot {
  const { parentType, responseKey, node } = place;
  const fieldName = node.name.value;
  const prefix = `${quote(responseKey)}:`;
  if (fieldName === '__typename') return { type: 'constant', prefix, text: quote(parentType.name) };
  const field = parentType.getFields()[fieldName];
  const call = rootValue[fieldName];
  if (field === undefined || call === undefined || field.resolve !== undefined) {
    throw new NotCompilable(`${parentType.name}.${fieldName} is not a field of the root value`);
  }
  // What does not fit in a page of history has a code of its own, and its reads run side by side.
  if (request.operation.operation !== 'mutation' && field.args.length > 0) {
    throw new NotCompilable(`${parentType.name}.${fieldName} reads history`);
  }
  return {
    type: 'call',
    prefix,
    responseKey,
    fieldName,
    call,
    argumentsOf: compileRootArguments(field, node),
    isNonNull: isNonNullType(field.type),
    complete: completion(request, field, place),
  };
}

function completion(
  request: RootsRequest,
  field: GraphQLField<unknown, unknown>,
  { parentType, responseKey, nodes }: RootPlace,
): Completion {
  const place = { parentTypeName: parentType.name, fieldName: field.name, nodes };
  const complete = positionCompleter(request, field.type, place, 1);
  const withCursors = selectsMember(nodes, request.fragments, 'cursor');
  const run = new Run();
  run.path[0] = responseKey;
  return (value) => {
    // The root value's own objects are JSON but for members that are made on demand.
    const json = (withCursors ? madeMembers(value) : value) as JsonValue | undefined;
    let text: string | undefined;
    try {
      text = complete(json, run);
    } catch {
      // Only what breaks the schema's own contract; that it may be null is as good a guess as any.
      run.takeErrors();
      return 'null';
    }
    if (run.takeErrors() === undefined && text !== undefined) return { text };
    return text === undefined ? 'null' : 'partial';
  };
}

/** The value with the members made that a receipt makes on demand. */
function madeMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(madeMembers);
  if (typeof value !== 'object' || value === null || !('cursor' in value)) return value;
  const { cursor } = value;
  return typeof cursor === 'function' ? { ...(value as JsonObject), cursor: (cursor as () => string | null)() } : value;
}
