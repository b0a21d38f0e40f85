import { type ExecutionResult, execute, GraphQLError, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { OperationError, type WireError } from '../error/operation-error.ts';
import { stringifyJson } from '../json/text.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import type { Logger } from '../log/logger.ts';
import { withFields } from '../log/with-fields.ts';
import type { CoercedVariables } from './coercion/variables.ts';
import type { OperationPlan } from './compiled/operation-plans.ts';
import { type CallOutcome, type RunEnd, SerialRun } from './compiled/serial-run.ts';
import type { ValidDocument } from './document.ts';
import { type MemberFunction, ownMemberResolver, type RunContext } from './own-member.ts';
import type { OperationRun, SingleOperation } from './port.ts';
import { originFields, type RequestOrigin } from './request-origin.ts';
import type { RootValue } from './root-value.ts';
import { maskUnexpected } from './unexpected.ts';
import { wireError } from './wire-error.ts';

/** What queries and mutations need from the gateway. */
export interface SingleEnvironment {
  readonly schema: GraphQLSchema;
  readonly rootValue: RootValue;
  readonly log: Logger;
}

/** A query or mutation of a cached document, with variables that were found to fit. */
export interface SingleRequest {
  readonly document: ValidDocument;
  readonly operation: OperationDefinitionNode;
  readonly plan: OperationPlan;
  /** As they came. */
  readonly inputs: JsonObject;
  /** Undefined when the plan could not coerce them, and graphql-js has to execute the operation. */
  readonly coerced: CoercedVariables | undefined;
  readonly origin: RequestOrigin;
}

/**
 * A query or mutation, ready to run: by its compiled plan where it has one, else through graphql-js `execute`. The answers are equal,
 * byte for byte.
 */
export function singleOperation(environment: SingleEnvironment, request: SingleRequest): SingleOperation {
  return {
    type: 'single',
    operation: request.operation.operation === 'mutation' ? 'mutation' : 'query',
    name: request.operation.name?.value,
    run: (watched) =>
      planned(environment, request, watched) ?? executed(environment, request, environment.rootValue, watched),
  };
}

/** Runs the compiled plan; undefined, with nothing done, when there is none for this request. */
function planned(
  environment: SingleEnvironment,
  request: SingleRequest,
  watched: OperationRun | undefined,
): Promise<string> | undefined {
  const { plan, inputs, coerced } = request;
  const roots = coerced === undefined ? undefined : plan.roots(coerced);
  if (coerced === undefined || roots === undefined) return undefined;
  const variables = { coercion: plan.coercion, inputs, coerced };
  const argumentsOfCalls: Readonly<Record<string, unknown>>[] = [];
  for (const root of roots) {
    if (root.type === 'constant') continue;
    const values = root.argumentsOf(variables);
    if (values === undefined) return undefined;
    argumentsOfCalls.push(values);
  }
  return new Promise((resolve) => {
    const ended = (end: RunEnd): void =>
      resolve(
        end.type === 'result' ? end.text : executed(environment, request, replayed(environment, end.outcomes), watched),
      );
    new SerialRun(roots, argumentsOfCalls, ended, watched?.trace ?? request.origin.trace).start();
  });
}

/** Root values that say again what the calls of a run have said, for graphql-js to find the words and the places of its errors. */
function replayed({ rootValue }: SingleEnvironment, outcomes: ReadonlyMap<string, CallOutcome>): RootValue {
  const again: MemberFunction = (_values, _context, responseKey) => {
    const outcome = outcomes.get(String(responseKey));
    if (outcome === undefined) throw new Error(`The root field ${responseKey} was not run.`);
    if (outcome.type === 'failure') throw outcome.error;
    return outcome.value;
  };
  const fields: Record<string, MemberFunction> = Object.create(null);
  for (const name of Object.keys(rootValue)) fields[name] = again;
  return fields;
}

async function executed(
  { schema, log }: SingleEnvironment,
  { document, operation, inputs, origin }: SingleRequest,
  rootValue: RootValue,
  watched: OperationRun | undefined,
): Promise<string> {
  const trace = watched?.trace ?? origin.trace;
  const context: RunContext = { storedEvents: new Set(), trace };
  const ownLog = withFields(log, originFields({ ...origin, trace }));
  try {
    const result = await execute({
      schema,
      document: document.document,
      rootValue,
      contextValue: context,
      fieldResolver: ownMemberResolver,
      variableValues: inputs,
      operationName: operation.name?.value ?? null,
    });
    const errors = result.errors?.map(toWire(context, ownLog));
    if (errors !== undefined) tellFailure(errors, ownLog, watched);
    return resultText(result, errors);
  } catch (error) {
    const errors = [maskUnexpected(error, ownLog)];
    tellFailure(errors, ownLog, watched);
    return resultText({ data: null }, errors);
  }
}

function tellFailure(errors: readonly WireError[], log: Logger, watched: OperationRun | undefined): void {
  const codes = [...new Set(errors.map(({ extensions }) => extensions.code))];
  watched?.failed(codes);
  log.debug?.('an operation failed', { codes: codes.join(' '), error: errors[0]?.message });
}

function resultText({ data }: ExecutionResult, errors: readonly WireError[] | undefined): string {
  // The result is JSON by construction: the schema's scalars coerce to JSON values.
  const result = { data: data ?? null, ...(errors === undefined ? {} : { errors }) };
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
