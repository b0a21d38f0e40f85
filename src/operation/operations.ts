import { getVariableValues, type OperationDefinitionNode } from 'graphql';
import type { Bindings } from '../broker/bindings.ts';
import type { Hub } from '../fanout/hub.ts';
import type { JsonObject } from '../json/value.ts';
import type { Logger } from '../log/logger.ts';
import { withFields } from '../log/with-fields.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { GatewaySchema } from '../schema/gateway-schema.ts';
import type { Clock } from '../time/clock.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { bareVariables, hasInheritedNames } from './bare-variables.ts';
import { BrokerTroubles } from './broker-troubles.ts';
import { OperationPlans } from './compiled/operation-plans.ts';
import { checkDocument, type ValidDocument } from './document.ts';
import { DocumentCache } from './document-cache.ts';
import { HistoryQueries } from './history/history-queries.ts';
import { limitOf } from './limit-exceeded.ts';
import type { OperationLimits } from './limits.ts';
import { PersistedOperations, type PersistedOptions } from './persisted/persisted-operations.ts';
import type { Caller, OperationRequest, Operations, PreparedOperation, RefusedOperation } from './port.ts';
import { Publisher } from './publisher.ts';
import { refused } from './refusal.ts';
import { originFields } from './request-origin.ts';
import { requestTrace } from './request-trace.ts';
import { rootValue } from './root-value.ts';
import { singleOperation } from './single.ts';
import { subscriptionOperation } from './subscription.ts';
import { tracedOperations } from './traced-operations.ts';
import { maskUnexpected } from './unexpected.ts';
import { wireError } from './wire-error.ts';

export interface OperationsOptions {
  readonly gateway: GatewaySchema;
  readonly bindings: Bindings;
  readonly hub: Hub;
  readonly limits: OperationLimits;
  /** Counts the schemas of this process, from its second on. */
  readonly generation?: number;
  readonly metrics: GatewayMetrics;
  /** See `BrokerTroublesOptions`. */
  readonly verboseErrors?: boolean;
  /** A71: see `DocumentRules`. Default true. */
  readonly introspection?: boolean;
  /** Default: none, and every document may run. */
  readonly persisted?: PersistedOptions;
  /** Spans of operations and publishes; undefined where nobody sees them. */
  readonly tracing?: Tracing | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

const NO_VARIABLES: JsonObject = {};

/** At most this many wrong variables are named in one answer. */
const MAX_VARIABLE_ERRORS = 50;

/** The one gate for every transport: parse, limit, validate, coerce, plan. */
export function createOperations(options: OperationsOptions): Operations {
  const { gateway, limits, hub, metrics, log, introspection = true } = options;
  const persisted = new PersistedOperations(options.persisted ?? { documents: new Map(), only: false });
  const { schema, topics } = gateway;
  const cache = new DocumentCache((text) => checkDocument({ schema, limits, introspection }, text));
  metrics.documents = cache;
  const troubles = new BrokerTroubles(options);
  const needsBareVariables = hasInheritedNames(schema);
  const single = {
    schema,
    log,
    rootValue: rootValue(
      gateway,
      new Publisher({ ...options, troubles }),
      new HistoryQueries({ ...options, troubles, historyOf: (broker) => hub.history(broker) }),
      limits,
    ),
  };
  const plans = new OperationPlans(schema, single.rootValue);
  const subscriptions = new Map(
    topics.flatMap((api) => (api.fields.subscription === undefined ? [] : [[api.fields.subscription, api] as const])),
  );
  const generation = options.generation === undefined ? '' : `\n#schema ${options.generation}`;
  const subscription = { schema, subscriptions, hub, metrics, limits, generation };

  function prepare(received: OperationRequest, caller: Caller): PreparedOperation {
    const { variables } = received;
    const request =
      needsBareVariables && variables !== undefined ? { ...received, variables: bareVariables(variables) } : received;
    const named = persisted.find(request);
    if (named.type === 'refused') {
      metrics.countDrop('not_persisted');
      return named;
    }
    const document = named.type === 'persisted' ? named.document : cache.get(request.query);
    if (document.type === 'invalid') {
      if (document.stage === 'limit') metrics.countDrop('operation_limit', limitOf(document.errors));
      return refused(document.stage, document.errors);
    }
    const chosen = chooseOperation(document, request.operationName);
    if (chosen.type === 'refused') return chosen;
    const { operation } = chosen;
    const origin = { caller, name: operation.name?.value, trace: requestTrace(request) };
    const plan = plans.of(document, operation);
    const inputs = request.variables ?? NO_VARIABLES;
    const coerced = plan.coercion.coerce(inputs);
    if (coerced !== undefined && operation.operation !== 'subscription') {
      return singleOperation(single, { document, operation, plan, inputs, coerced, origin });
    }
    const values =
      coerced === undefined
        ? getVariableValues(schema, operation.variableDefinitions ?? [], inputs, {
            maxErrors: MAX_VARIABLE_ERRORS,
            hideSuggestions: !introspection,
          })
        : { variableValues: plan.coercion.withSources(inputs, coerced) };
    if (values.errors !== undefined) {
      return refused(
        'variables',
        values.errors.map((error) => wireError(error, 'BAD_USER_INPUT')),
      );
    }
    return operation.operation === 'subscription'
      ? subscriptionOperation(subscription, document, operation, values.variableValues, {
          extensions: request.extensions,
          traced: origin.trace !== undefined,
        })
      : singleOperation(single, { document, operation, plan, inputs, coerced: undefined, origin });
  }

  const operations: Operations = {
    prepare(request, caller) {
      try {
        const excess = caller.admit();
        const prepared = excess === undefined ? prepare(request, caller) : refused('limit', [excess.toWire()]);
        countPrepared(prepared, metrics);
        if (prepared.type === 'refused') tellRefusal(prepared, request, caller, log);
        return prepared;
      } catch (error) {
        const origin = { caller, name: request.operationName, trace: requestTrace(request) };
        return refused('operation', [maskUnexpected(error, withFields(log, originFields(origin)))]);
      }
    },
  };
  const { tracing } = options;
  return tracing === undefined ? operations : tracedOperations(operations, tracing);
}

function tellRefusal(
  { stage, errors }: RefusedOperation,
  request: OperationRequest,
  caller: Caller,
  log: Logger,
): void {
  if (log.debug === undefined) return;
  const origin = { caller, name: request.operationName, trace: requestTrace(request) };
  const [first] = errors;
  const fields = { stage, code: first?.extensions.code, error: first?.message };
  log.debug('an operation was refused', { ...originFields(origin), ...fields });
}

function countPrepared(prepared: PreparedOperation, metrics: GatewayMetrics): void {
  if (prepared.type === 'refused') metrics.countRefusal(prepared.stage);
  else metrics.countOperation(prepared.type === 'single' ? prepared.operation : prepared.type);
}

type ChosenOperation =
  | { readonly type: 'chosen'; readonly operation: OperationDefinitionNode }
  | ReturnType<typeof refused>;

/** GraphQL spec §6.1, GetOperation(). */
function chooseOperation(document: ValidDocument, name: string | undefined): ChosenOperation {
  const { operations } = document;
  const [only] = operations;
  if (name === undefined && operations.length === 1 && only !== undefined) return { type: 'chosen', operation: only };
  const named = operations.find((operation) => operation.name?.value === name);
  if (name !== undefined && named !== undefined) return { type: 'chosen', operation: named };
  const names = operations.flatMap((operation) => operation.name?.value ?? []).join(', ');
  let message = `The document has no operation named "${name}"; it has: ${names || 'one without a name'}.`;
  if (operations.length === 0) message = 'The document has no operation, only fragments.';
  else if (name === undefined) message = `Say which operation to run by operationName: ${names}.`;
  return refused('operation', [{ message, extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } }]);
}
