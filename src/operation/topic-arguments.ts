import { OperationError } from '../error/operation-error.ts';
import type { JsonValue } from '../json/value.ts';
import { canonicalText } from '../routing/canonical.ts';
import { topicInstance } from '../routing/instance.ts';
import type { Topic, TopicInstance } from '../routing/topic.ts';

/**
 * The topic instance that a subscription's coerced arguments name; undefined for every instance of a wildcard topic.
 * Throws OperationError BAD_USER_INPUT when they name none.
 */
export function instanceOfArguments(
  topic: Topic,
  values: Readonly<Record<string, unknown>>,
): TopicInstance | undefined {
  const texts = new Map<string, string>();
  const missing: string[] = [];
  for (const { field, argument, type } of topic.parameters) {
    const value = values[argument];
    if (value === undefined || value === null) {
      missing.push(argument);
      continue;
    }
    // Coerced by the argument's own type, so a JSON value.
    const text = canonicalText(value as JsonValue, type);
    if (text === undefined) throw new OperationError('BAD_USER_INPUT', `The argument ${argument} cannot name a topic.`);
    texts.set(field, text);
  }
  if (missing.length > 0) {
    if (topic.wildcard && texts.size === 0) return undefined;
    const all = topic.parameters.map((parameter) => parameter.argument).join(', ');
    throw new OperationError(
      'BAD_USER_INPUT',
      topic.wildcard
        ? `Give all of the arguments ${all}, or none of them to receive every ${topic.typeName}; missing: ${missing.join(', ')}.`
        : `The argument ${missing.join(', ')} must not be null.`,
    );
  }
  const result = topicInstance(topic, texts);
  if (result.type === 'invalid') throw new OperationError('BAD_USER_INPUT', result.message);
  return result.instance;
}
