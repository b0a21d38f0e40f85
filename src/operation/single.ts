import { type ExecutionResult, execute, GraphQLError, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { OperationError, type WireError } from '../error/operation-error.ts';
import { stringifyJson } from '../json/text.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import type { Logger } from '../log/logger.ts';
import type { ValidDocument } from './document.ts';
import { ownMemberResolver, type RunContext } from './own-member.ts';
import type { SingleOperation } from './port.ts';
import type { RootValue } from './root-value.ts';
import { maskUnexpected } from './unexpected.ts';
import { wireError } from './wire-error.ts';

/** What queries and mutations need from the gateway. */
export interface SingleEnvironment {
  readonly schema: GraphQLSchema;
  readonly rootValue: RootValue;
  readonly log: Logger;
}

/** A query or mutation with checked variables, ready to run through graphql-js. */
export function singleOperation(
  environment: SingleEnvironment,
  document: ValidDocument,
  operation: OperationDefinitionNode,
  variables: JsonObject | undefined,
): SingleOperation {
  const kind = operation.operation === 'mutation' ? 'mutation' : 'query';
  return {
    type: 'single',
    operation: kind,
    run: () => run(environment, document, operation, variables),
  };
}

async function run(
  { schema, rootValue, log }: SingleEnvironment,
  document: ValidDocument,
  operation: OperationDefinitionNode,
  variables: JsonObject | undefined,
): Promise<string> {
  const context: RunContext = { storedEvents: new Set() };
  try {
    const result = await execute({
      schema,
      document: document.document,
      rootValue,
      contextValue: context,
      fieldResolver: ownMemberResolver,
      variableValues: variables ?? null,
      operationName: operation.name?.value ?? null,
    });
    return resultText(result, context, log);
  } catch (error) {
    return stringifyJson({ data: null, errors: [maskUnexpected(error, log)] } as unknown as JsonValue);
  }
}

function resultText({ data, errors }: ExecutionResult, context: RunContext, log: Logger): string {
  // The result is JSON by construction: the schema's scalars coerce to JSON values.
  const result = { data: data ?? null, ...(errors === undefined ? {} : { errors: errors.map(toWire(context, log)) }) };
  return stringifyJson(result as unknown as JsonValue);
}

function toWire({ storedEvents }: RunContext, log: Logger): (error: GraphQLError) => WireError {
  return (error) => {
    const cause = error.originalError;
    const [root, ...below] = error.path ?? [];
    // Below its root a page is Sluice's own, and sound, down to the events: these are what does not fit.
    if (root !== undefined && below.length > 0 && storedEvents.has(root)) return wireError(error, 'EVENT_INVALID');
    const expected = cause === undefined || cause instanceof OperationError || cause instanceof GraphQLError;
    return expected ? wireError(error, 'BAD_USER_INPUT') : maskUnexpected(cause, log, error.path);
  };
}
