import {
  type FieldNode,
  GraphQLError,
  type GraphQLSchema,
  getArgumentValues,
  type OperationDefinitionNode,
  type VariableValues,
} from 'graphql';
import { OperationError, type WireError } from '../error/operation-error.ts';
import { compileConjuncts } from '../fanout/filter/compile.ts';
import type { Hub } from '../fanout/hub.ts';
import type { SubscriptionPlan } from '../fanout/plan.ts';
import { sharedProjection } from '../fanout/projection/shared.ts';
import type { JsonObject } from '../json/value.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { TopicApi } from '../schema/gateway-schema.ts';
import type { ValidDocument } from './document.ts';
import type { OperationLimits } from './limits.ts';
import type { PreparedOperation } from './port.ts';
import { refused } from './refusal.ts';
import { rootField } from './root-field.ts';
import { filterKey, selectionKey } from './share-key.ts';
import { subscriptionStart } from './subscription-start.ts';
import { instanceOfArguments } from './topic-arguments.ts';
import { wireError } from './wire-error.ts';

/** What subscriptions need from the gateway. */
export interface SubscriptionEnvironment {
  readonly schema: GraphQLSchema;
  /** By the name of the subscription field. */
  readonly subscriptions: ReadonlyMap<string, TopicApi>;
  readonly hub: Hub;
  readonly metrics: GatewayMetrics;
  readonly limits: OperationLimits;
  /** Part of each selection key: projections and filters of another schema are not shared. */
  readonly generation: string;
}

/** What a request says beside its document and variables. */
export interface SubscriptionWishes {
  readonly extensions: JsonObject | undefined;
  /** It belongs to a trace: then its results tell the traces of their events. */
  readonly traced: boolean;
}

/** Plans a validated subscription with coerced variables, or refuses it for its arguments or its `extensions.cursor`. */
export function subscriptionOperation(
  environment: SubscriptionEnvironment,
  document: ValidDocument,
  operation: OperationDefinitionNode,
  variables: VariableValues,
  { extensions, traced }: SubscriptionWishes,
): PreparedOperation {
  const field = rootField(operation.selectionSet, document.fragments);
  const api = field === undefined ? undefined : environment.subscriptions.get(field.name.value);
  const definition = field && environment.schema.getSubscriptionType()?.getFields()[field.name.value];
  if (field === undefined || api === undefined || definition === undefined) {
    throw new Error('A validated subscription has no field that belongs to a topic.');
  }
  const responseKey = field.alias?.value ?? field.name.value;
  let instance: SubscriptionPlan['instance'];
  let start: SubscriptionPlan['start'];
  let where: Readonly<Record<string, unknown>> | undefined;
  try {
    const values = getArgumentValues(definition, field, variables);
    instance = instanceOfArguments(api.topic, values);
    start = subscriptionStart(values['from'], extensions, environment.limits);
    where = filterOf(values['where']);
  } catch (error) {
    return refused('variables', [argumentError(error, field, responseKey)]);
  }
  const plan: SubscriptionPlan = {
    topic: api.topic,
    instance,
    start,
    selectionKey:
      selectionKey(document, operation, variables.coerced) + (traced ? TRACED : '') + environment.generation,
    traced,
    filterKey: filterKey(where),
    document: document.document,
    responseKey,
    compileFilter: () => (where === undefined ? undefined : compileConjuncts(api.eventType, where)),
    compileProjection: () =>
      sharedProjection({
        schema: environment.schema,
        operation,
        fragments: document.fragments,
        variables: variables.coerced,
        onFallback: () => environment.metrics.countProjectionFallback(),
        onExecuted: () => environment.metrics.countProjectionFallback(),
      }),
  };
  const name = operation.name?.value;
  return { type: 'subscription', name, subscribe: (sink) => environment.hub.attach(plan, sink) };
}

/** Keeps those that are told of traces apart from those that are not: no selection ends in a comment. */
const TRACED = '\n#traced';

function filterOf(where: unknown): Readonly<Record<string, unknown>> | undefined {
  if (where === undefined || where === null) return undefined;
  // The schema types `where` as an input object, which coerces to a plain object.
  return where as Readonly<Record<string, unknown>>;
}

function argumentError(error: unknown, field: FieldNode, responseKey: string): WireError {
  if (error instanceof OperationError) {
    return wireError(
      new GraphQLError(error.message, { nodes: field, path: [responseKey], originalError: error }),
      error.code,
    );
  }
  if (error instanceof GraphQLError) return wireError(error, 'BAD_USER_INPUT');
  throw error;
}
