import {
  type GraphQLNamedOutputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import type { JsonObject, JsonValue } from '../json/value.ts';
import type { GatewaySchema, TopicApi } from './gateway-schema.ts';
import { sampleEvent } from './sample-event.ts';

/** How many fields of an event an example selects. */
const SELECTED_FIELDS = 4;

/** An event that the topic's mutation takes; empty where it has none. `now` is in milliseconds. Pure. */
export function exampleEvent({ schema }: GatewaySchema, { fields }: TopicApi, now: number): JsonObject {
  const mutation = fields.mutation === undefined ? undefined : schema.getMutationType()?.getFields()[fields.mutation];
  const type =
    mutation === undefined ? undefined : getNamedType(mutation.args.find(({ name }) => name === 'event')?.type);
  return isInputObjectType(type) ? sampleEvent(type, now) : {};
}

/** Arguments that a subscription or a history of the topic requires, as `name: value`, naming the instance of `exampleEvent`. Pure. */
export function exampleArguments(
  gateway: GatewaySchema,
  api: TopicApi,
  root: 'subscription' | 'history',
  now: number,
): readonly string[] {
  const { schema } = gateway;
  const type = root === 'subscription' ? schema.getSubscriptionType() : schema.getQueryType();
  const field = type?.getFields()[api.fields[root] ?? ''];
  const event = memberOf(exampleEvent(gateway, api, now), api);
  return (field?.args ?? [])
    .filter((argument) => isRequiredArgument(argument))
    .map((argument) => {
      const parameter = api.topic.parameters.find((candidate) => candidate.argument === argument.name);
      const value = event[parameter?.field ?? ''] ?? `${argument.name}-1`;
      return `${argument.name}: ${literal(value, isEnumType(getNamedType(argument.type)))}`;
    });
}

/** A few fields of an event, those first that are always there. Pure. */
export function exampleSelection(type: GraphQLNamedOutputType): readonly string[] {
  if (!isObjectType(type) && !isInterfaceType(type)) return ['__typename'];
  const leaves = Object.values(type.getFields()).filter((field) => isLeafType(getNamedType(field.type)));
  const ordered = [
    ...leaves.filter(({ type }) => isNonNullType(type)),
    ...leaves.filter(({ type }) => !isNonNullType(type)),
  ];
  const names = ordered.slice(0, SELECTED_FIELDS).map((field) => field.name);
  return names.length === 0 ? ['__typename'] : names;
}

/** The event of a union stands inside the one member of its `@oneOf` input. */
function memberOf(event: JsonObject, api: TopicApi): JsonObject {
  if (isObjectType(api.eventType)) return event;
  const [member] = Object.values(event);
  return typeof member === 'object' && member !== null && !Array.isArray(member) ? (member as JsonObject) : event;
}

function literal(value: JsonValue, isEnum: boolean): string {
  return isEnum ? String(value) : JSON.stringify(value);
}
