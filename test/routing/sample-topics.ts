import { parseTemplate, type TopicTemplate } from '../../src/routing/template.ts';
import type { DeliveryPolicy, ParameterType, Topic, TopicName } from '../../src/routing/topic.ts';

/** The template of a text that is known to be one. */
export function template(text: string): TopicTemplate {
  const parsed = parseTemplate(text);
  if (parsed.type === 'invalid') throw new Error(`${text}: ${parsed.message}`);
  return parsed.template;
}

/** A topic of that template; parameters are IDs unless `types` says otherwise. */
export function topic(
  text: string,
  policy: DeliveryPolicy = { delivery: 'EPHEMERAL' },
  types: Readonly<Record<string, ParameterType>> = {},
): Topic {
  const parsed = template(text);
  return {
    name: text as TopicName,
    typeName: 'Sample',
    template: parsed,
    parameters: parsed.parts.flatMap((part) =>
      part.type === 'parameter'
        ? [{ field: part.field, argument: part.argument, type: types[part.field] ?? ('ID' as const) }]
        : [],
    ),
    policy,
    wildcard: false,
  };
}

/** A DURABLE policy with those key fields. */
export function durable(...keyFields: string[]): DeliveryPolicy {
  return {
    delivery: 'DURABLE',
    kafkaTopic: 'sample',
    keyFields,
    placement: 'ANY',
    partitions: undefined,
    retentionMs: undefined,
  };
}
