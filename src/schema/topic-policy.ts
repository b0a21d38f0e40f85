import type { GraphQLSchema } from 'graphql';
import type { TopicTemplate } from '../routing/template.ts';
import type { Delivery, DeliveryPolicy, TopicParameter } from '../routing/topic.ts';
import { readDurablePolicy, readRetention } from './durable-policy.ts';
import type { ProblemList } from './problem-list.ts';
import type { TopicDeclaration } from './topic-declaration.ts';

/** What a BUFFERED topic keeps when it does not say (design §2). */
export const DEFAULT_RETENTION_MS = 3_600_000;
export const DEFAULT_MAX_EVENTS = 10_000;
export const DEFAULT_FOREIGN_WRITERS = true;

type PolicyArgument = 'retention' | 'maxEvents' | 'foreignWriters' | 'partitions' | 'placement' | 'key' | 'kafkaTopic';

/** Which arguments have a meaning for which delivery. */
const MEANINGFUL: Readonly<Record<PolicyArgument, readonly Delivery[]>> = {
  retention: ['BUFFERED', 'DURABLE'],
  maxEvents: ['BUFFERED'],
  foreignWriters: ['BUFFERED'],
  partitions: ['DURABLE'],
  placement: ['DURABLE'],
  key: ['DURABLE'],
  kafkaTopic: ['DURABLE'],
};

const REASON: Readonly<Record<Delivery, string>> = {
  EPHEMERAL: 'an EPHEMERAL topic keeps nothing and has no partitions',
  BUFFERED: 'a BUFFERED topic is one stream per instance, without partitions',
  DURABLE: 'a DURABLE topic is bounded by time, not by a count',
};

/** Where the delivery's own reason does not say it. */
const OWN_REASON: Readonly<Partial<Record<PolicyArgument, Readonly<Partial<Record<Delivery, string>>>>>> = {
  foreignWriters: {
    EPHEMERAL: 'on an EPHEMERAL topic everyone publishes in the same way',
    DURABLE: 'a DURABLE topic is read alike whoever writes to it',
  },
};

function checkMeaning(declaration: TopicDeclaration, delivery: Delivery, problems: ProblemList): void {
  for (const [argument, deliveries] of Object.entries(MEANINGFUL) as [PolicyArgument, readonly Delivery[]][]) {
    const given = declaration[argument];
    if (given === undefined || deliveries.includes(delivery)) continue;
    problems.add(
      given.node,
      `"${argument}" means nothing here: ${OWN_REASON[argument]?.[delivery] ?? REASON[delivery]}`,
      `Remove it, or choose delivery: ${deliveries.join(' or ')}.`,
    );
  }
}

/** The template without its parameters, as a name for the topic that the fix proposes. */
function plainName(template: TopicTemplate): string {
  const text = template.parts.map((part) => (part.type === 'literal' ? part.text : '')).join('');
  return text.replaceAll(/([._:-])[._:-]+/g, '$1').replaceAll(/^[._:-]|[._:-]$/g, '') || 'events';
}

function checkWildcard(
  declaration: TopicDeclaration,
  template: TopicTemplate,
  delivery: Delivery | undefined,
  problems: ProblemList,
): void {
  const { wildcard } = declaration;
  if (wildcard?.value !== true) return;
  const fields = template.parts.flatMap((part) => (part.type === 'parameter' ? [part.field] : []));
  if (fields.length === 0) {
    problems.add(wildcard.node, `"${template.text}" has no parameters that could be left out`, 'Remove wildcard.');
  } else if (delivery === 'BUFFERED') {
    const where = fields.map((field) => `${field}: { eq: … }`).join(', ');
    problems.add(
      wildcard.node,
      'a BUFFERED topic cannot be a wildcard topic: each instance is a stream of its own, and nothing reads them all in order',
      `Make it one stream, name: "${plainName(template)}" without wildcard, and let subscribers choose with where: { ${where} }.`,
    );
  }
}

/** Judges delivery, retention and the like; undefined when the delivery itself is missing. */
export function readPolicy(
  declaration: TopicDeclaration,
  template: TopicTemplate,
  parameters: readonly TopicParameter[],
  schema: GraphQLSchema,
  problems: ProblemList,
): DeliveryPolicy | undefined {
  const delivery = declaration.delivery?.value;
  checkWildcard(declaration, template, delivery, problems);
  if (delivery === undefined) return undefined;
  checkMeaning(declaration, delivery, problems);
  switch (delivery) {
    case 'EPHEMERAL':
      return { delivery };
    case 'BUFFERED':
      return {
        delivery,
        retentionMs: readRetention(declaration.retention, problems) ?? DEFAULT_RETENTION_MS,
        maxEvents: declaration.maxEvents?.value ?? DEFAULT_MAX_EVENTS,
        foreignWriters: declaration.foreignWriters?.value ?? DEFAULT_FOREIGN_WRITERS,
      };
    case 'DURABLE':
      return readDurablePolicy(declaration, template, parameters, schema, problems);
    default:
      return delivery satisfies never;
  }
}
