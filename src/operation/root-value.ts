import { OperationError } from '../error/operation-error.ts';
import type { GatewaySchema, TopicApi } from '../schema/gateway-schema.ts';
import type { TraceContext } from '../tracing/trace-context.ts';
import type { HistoryQueries } from './history/history-queries.ts';
import type { OperationLimits } from './limits.ts';
import type { MemberFunction } from './own-member.ts';
import type { Publisher } from './publisher.ts';
import { failureOf, type PublishFailure, type PublishReceipt } from './receipt.ts';
import { topicInfo } from './topic-info.ts';

/** Resolvers of the root fields by name. Null prototype: a field may have any name. */
export type RootValue = Readonly<Record<string, MemberFunction>>;

type Input = Readonly<Record<string, unknown>>;

/** The root fields of queries and mutations. */
export function rootValue(
  gateway: GatewaySchema,
  publisher: Publisher,
  histories: HistoryQueries,
  limits: OperationLimits,
): RootValue {
  const fields: Record<string, MemberFunction> = Object.create(null);
  const topics = gateway.topics.map(topicInfo);
  fields['topics'] = () => topics;
  for (const api of gateway.topics) {
    const { mutation, mutationBatch, history } = api.fields;
    // The casts hold because graphql-js coerced the arguments by the derived input types.
    if (mutation !== undefined)
      fields[mutation] = (args, { trace }) => publisher.publish(api, args['event'] as Input, trace);
    if (mutationBatch !== undefined) {
      fields[mutationBatch] = (args, { trace }) =>
        publishBatch(publisher, api, args['events'] as readonly Input[], limits, trace);
    }
    if (history !== undefined) {
      fields[history] = (args, { storedEvents }, responseKey) => {
        storedEvents.add(responseKey);
        return histories.page(api, args);
      };
    }
  }
  return fields;
}

/** One result per event, in order; one failure hides no receipt. */
async function publishBatch(
  publisher: Publisher,
  api: TopicApi,
  events: readonly Input[],
  limits: OperationLimits,
  trace: TraceContext | undefined,
): Promise<readonly (PublishReceipt | PublishFailure)[]> {
  if (events.length > limits.maxBatchEvents) {
    throw new OperationError(
      'LIMIT_EXCEEDED',
      `The batch has ${events.length} events; at most ${limits.maxBatchEvents} are allowed.`,
      { limit: 'maxBatchEvents', value: limits.maxBatchEvents },
    );
  }
  return Promise.all(
    events.map((event, index) =>
      publisher.publish(api, event, trace).catch((error: unknown) => {
        if (error instanceof OperationError) return failureOf(error, ['events', index]);
        throw error;
      }),
    ),
  );
}
