import { getVariableValues, type OperationDefinitionNode, type VariableValues } from 'graphql';
import type { Bindings } from '../broker/bindings.ts';
import type { Hub } from '../fanout/hub.ts';
import type { Logger } from '../log/logger.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { GatewaySchema } from '../schema/gateway-schema.ts';
import type { Clock } from '../time/clock.ts';
import { bareVariables, hasInheritedNames } from './bare-variables.ts';
import { checkDocument, type ValidDocument } from './document.ts';
import { DocumentCache } from './document-cache.ts';
import { HistoryQueries } from './history/history-queries.ts';
import type { OperationLimits } from './limits.ts';
import type { OperationRequest, Operations, PreparedOperation } from './port.ts';
import { Publisher } from './publisher.ts';
import { refused } from './refusal.ts';
import { rootValue } from './root-value.ts';
import { singleOperation } from './single.ts';
import { subscriptionOperation } from './subscription.ts';
import { maskUnexpected } from './unexpected.ts';
import { wireError } from './wire-error.ts';

export interface OperationsOptions {
  readonly gateway: GatewaySchema;
  readonly bindings: Bindings;
  readonly hub: Hub;
  readonly limits: OperationLimits;
  readonly metrics: GatewayMetrics;
  readonly clock: Clock;
  readonly log: Logger;
}

/** At most this many wrong variables are named in one answer. */
const MAX_VARIABLE_ERRORS = 50;

/** The one gate for every transport: parse, limit, validate, coerce, plan. */
export function createOperations(options: OperationsOptions): Operations {
  const { gateway, limits, hub, metrics, log } = options;
  const { schema, topics } = gateway;
  const cache = new DocumentCache((text) => checkDocument(schema, text, limits));
  const needsBareVariables = hasInheritedNames(schema);
  const single = {
    schema,
    log,
    rootValue: rootValue(
      gateway,
      new Publisher(options),
      new HistoryQueries({ ...options, historyOf: (broker) => hub.history(broker) }),
      limits,
    ),
  };
  const subscriptions = new Map(
    topics.flatMap((api) => (api.fields.subscription === undefined ? [] : [[api.fields.subscription, api] as const])),
  );
  const subscription = { schema, subscriptions, hub, metrics, limits };

  function prepare(received: OperationRequest): PreparedOperation {
    const { variables } = received;
    const request =
      needsBareVariables && variables !== undefined ? { ...received, variables: bareVariables(variables) } : received;
    const document = cache.get(request.query);
    if (document.type === 'invalid') return refused(document.stage, document.errors);
    const chosen = chooseOperation(document, request.operationName);
    if (chosen.type === 'refused') return chosen;
    const { operation } = chosen;
    const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {}, {
      maxErrors: MAX_VARIABLE_ERRORS,
    });
    if (coerced.errors !== undefined) {
      return refused(
        'variables',
        coerced.errors.map((error) => wireError(error, 'BAD_USER_INPUT')),
      );
    }
    return plan(document, operation, request, coerced.variableValues);
  }

  function plan(
    document: ValidDocument,
    operation: OperationDefinitionNode,
    request: OperationRequest,
    variables: VariableValues,
  ): PreparedOperation {
    return operation.operation === 'subscription'
      ? subscriptionOperation(subscription, document, operation, variables, request.extensions)
      : singleOperation(single, document, operation, request.variables);
  }

  return {
    prepare(request) {
      try {
        return prepare(request);
      } catch (error) {
        return refused('operation', [maskUnexpected(error, log)]);
      }
    },
  };
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
