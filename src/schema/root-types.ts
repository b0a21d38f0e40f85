import { type GraphQLNamedOutputType, type GraphQLSchema, getNamedType, getNullableType } from 'graphql';
import type { Topic, TopicParameter } from '../routing/topic.ts';
import { API_TYPES, HISTORY_TYPES, PUBLISH_TYPES, REPLAY_TYPES } from './api-types.ts';
import { membersOf } from './event-members.ts';
import { filterName } from './filter-types.ts';
import { connectionName, connectionTypes, historyArguments } from './history-types.ts';
import { inputName } from './input-types.ts';
import { describe } from './sdl-text.ts';
import type { TopicPlan } from './topic-plan.ts';

/** A plan without problems. */
export type SoundPlan = TopicPlan & { readonly topic: Topic };

function parameterText(parameter: TopicParameter, plan: SoundPlan, schema: GraphQLSchema): string {
  const type = membersOf(plan.declaration.type, schema)[0]?.getFields()[parameter.field]?.type;
  const name = type === undefined ? 'ID' : getNamedType(getNullableType(type)).name;
  return `${parameter.argument}: ${name}${plan.topic.wildcard ? '' : '!'}`;
}

const KEPT: Readonly<Record<Topic['policy']['delivery'], string>> = {
  EPHEMERAL: 'at most once',
  BUFFERED: 'in order',
  DURABLE: 'in order per key',
};

/** What else to know of a wildcard topic's parameters. */
function wildcardText({ topic }: SoundPlan): string {
  if (!topic.wildcard) return '';
  const names = topic.parameters.map(({ argument }) => `\`${argument}\``).join(', ');
  const all = topic.parameters.length === 1 ? `${names} may be left out` : `Give all of ${names}, or none of them`;
  return ` ${all}: then the events of every instance come.`;
}

function isKept({ topic }: SoundPlan): boolean {
  return topic.policy.delivery !== 'EPHEMERAL';
}

function subscriptionField(
  plan: SoundPlan,
  filtered: ReadonlySet<GraphQLNamedOutputType>,
  schema: GraphQLSchema,
): string {
  const { topic, fields, declaration } = plan;
  if (fields.subscription === undefined) return '';
  const list = topic.parameters.map((parameter) => parameterText(parameter, plan, schema));
  if (isKept(plan)) list.push('from: ReplayFrom');
  if (filtered.has(declaration.type)) list.push(`where: ${filterName(declaration.type)}`);
  const since = isKept(plan) ? ', or from where `from` says' : '';
  const about = `Events of \`${topic.name}\` from now on${since}, ${KEPT[topic.policy.delivery]}.${wildcardText(plan)}`;
  const text = list.length === 0 ? '' : `(${list.join(', ')})`;
  return `${describe(about, '  ')}  ${fields.subscription.name}${text}: ${topic.typeName}\n`;
}

function historyField(plan: SoundPlan, filtered: ReadonlySet<GraphQLNamedOutputType>, schema: GraphQLSchema): string {
  const { topic, fields, declaration } = plan;
  if (fields.query === undefined) return '';
  const list = topic.parameters.map((parameter) => `${parameterText(parameter, plan, schema)}\n`);
  list.push(historyArguments(filtered.has(declaration.type) ? filterName(declaration.type) : undefined));
  const about =
    `The events of \`${topic.name}\` that are still kept, page by page.${wildcardText(plan)} ` +
    'To go on live, subscribe from the `endCursor` of the newest page.';
  return `${describe(about, '  ')}  ${fields.query.name}(\n${list.join('')}): ${connectionName(declaration.type)}\n`;
}

function mutationFields({ topic, fields, declaration }: SoundPlan): string {
  if (fields.mutation === undefined || fields.mutationBatch === undefined) return '';
  const input = inputName(declaration.type);
  const one = describe(`Publishes an event of \`${topic.name}\`; answers when the broker has acknowledged it.`, '  ');
  const many = describe(`Publishes events of \`${topic.name}\`, in order; one result for each.`, '  ');
  return (
    `${one}  ${fields.mutation.name}(event: ${input}!): PublishReceipt\n` +
    `${many}  ${fields.mutationBatch.name}(events: [${input}!]!): [PublishResult!]!\n`
  );
}

/** SDL of the root types and of the types of the API, with the schema definition that names them. */
export function rootTypes(
  plans: readonly SoundPlan[],
  filtered: ReadonlySet<GraphQLNamedOutputType>,
  schema: GraphQLSchema,
): string {
  const subscriptions = plans.map((plan) => subscriptionField(plan, filtered, schema)).join('');
  const mutations = plans.map(mutationFields).join('');
  const histories = plans.map((plan) => historyField(plan, filtered, schema)).join('');
  let operations = '  query: Query\n';
  let text = `type Query {\n  "The topics of this API, in the order of its schema."\n  topics: [TopicInfo!]!\n${histories}}\n`;
  if (mutations !== '') {
    operations += '  mutation: Mutation\n';
    text += `type Mutation {\n${mutations}}\n`;
  }
  if (subscriptions !== '') {
    operations += '  subscription: Subscription\n';
    text += `type Subscription {\n${subscriptions}}\n`;
  }
  const connections = plans
    .filter(({ fields }) => fields.query !== undefined)
    .map(({ declaration }) => declaration.type);
  text += API_TYPES;
  if (mutations !== '') text += PUBLISH_TYPES;
  if (plans.some((plan) => isKept(plan) && plan.fields.subscription !== undefined)) text += REPLAY_TYPES;
  if (connections.length > 0) text += HISTORY_TYPES + connections.map(connectionTypes).join('');
  return `schema {\n${operations}}\n${text}`;
}
