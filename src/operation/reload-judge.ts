import { type DocumentNode, validate } from 'graphql';
import { OperationError } from '../error/operation-error.ts';
import type { ReloadJudge } from '../fanout/plan.ts';
import type { Topic } from '../routing/topic.ts';
import type { GatewaySchema } from '../schema/gateway-schema.ts';

/**
 * Whether a subscription may go on when the schema becomes another one (F25): the error with which it ends, or undefined. It goes on
 * when its topic lives in the same place and its document still fits.
 */
export function reloadJudge(after: GatewaySchema): ReloadJudge {
  const topics = new Map(after.topics.map(({ topic }) => [topic.name, topic]));
  const documents = new Map<DocumentNode, OperationError | undefined>();
  return (topic, document) => {
    const now = topics.get(topic.name);
    if (now === undefined) return changed(`the topic ${topic.name} is gone`);
    if (placeOf(now) !== placeOf(topic)) return changed(`the topic ${topic.name} is declared differently`);
    if (document === undefined) return undefined;
    if (!documents.has(document)) {
      const [error] = validate(after.schema, document);
      documents.set(document, error === undefined ? undefined : changed(error.message));
    }
    return documents.get(document);
  };
}

function changed(why: string): OperationError {
  return new OperationError(
    'GRAPHQL_VALIDATION_FAILED',
    `The schema was changed, and this subscription no longer fits it: ${why}`,
  );
}

/** Equal texts: the same events, found in the same place by the same parameters. */
function placeOf({ typeName, parameters, policy }: Topic): string {
  const log = policy.delivery === 'DURABLE' ? [policy.kafkaTopic, policy.placement, policy.keyFields] : [];
  return JSON.stringify([typeName, parameters, policy.delivery, log]);
}
