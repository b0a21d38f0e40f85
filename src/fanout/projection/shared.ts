import type { GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { Projection } from '../projection.ts';
import { type CompileRequest, compileProjection } from './compile.ts';
import { variablesRead } from './variables.ts';

/** Projections of one operation, by the values of the variables that it reads. */
type ByVariables = Map<string, Projection>;

const projections = new WeakMap<GraphQLSchema, WeakMap<OperationDefinitionNode, ByVariables>>();

/**
 * How many combinations of variables one operation keeps compiled; further ones are compiled anew each time, so that a client
 * cannot fill the memory with them.
 */
const MAX_COMBINATIONS = 16;

/**
 * A projection as {@link compileProjection} makes it, one for all groups that run the same parsed operation with the same values of
 * the variables that it reads, whatever their topic instances. Lives as long as the operation does. `onFallback` is called for the
 * first of these groups only.
 */
export function sharedProjection(request: CompileRequest): Projection {
  const read = [...variablesRead(request.operation, request.fragments)];
  const values = read.map((name) => request.variables[name]);
  // Only Booleans can decide what a compiled projection does.
  if (!values.every((value) => typeof value === 'boolean')) return compileProjection(request);
  const combinations = combinationsOf(request.schema, request.operation);
  const key = values.join();
  let projection = combinations.get(key);
  if (projection === undefined) {
    projection = compileProjection(request);
    if (combinations.size < MAX_COMBINATIONS) combinations.set(key, projection);
  }
  return projection;
}

function combinationsOf(schema: GraphQLSchema, operation: OperationDefinitionNode): ByVariables {
  let operations = projections.get(schema);
  if (operations === undefined) {
    operations = new WeakMap();
    projections.set(schema, operations);
  }
  let combinations = operations.get(operation);
  if (combinations === undefined) {
    combinations = new Map();
    operations.set(operation, combinations);
  }
  return combinations;
}
