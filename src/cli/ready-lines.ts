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
import type { GatewaySchema, TopicApi } from '../schema/gateway-schema.ts';
import { sampleEvent } from './sample-value.ts';
import { shellQuote } from './shell-quote.ts';

export interface ReadyLineOptions {
  readonly schema: GatewaySchema;
  /** The launcher as the reader's shell finds it, for example `./sluice`. */
  readonly program: string;
  /** Where the gateway listens. */
  readonly url: string;
  /** Where `publish` and `subscribe` look by themselves. */
  readonly defaultUrl: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** How many fields of an event the subscription of a ready line selects. */
const SELECTED_FIELDS = 4;

/** Lines to paste into a shell: subscribe to, then publish to the first topic that has both; what no topic has is left out. Pure. */
export function readyLines(options: ReadyLineOptions): readonly string[] {
  const { topics } = options.schema;
  const both = topics.find(({ fields }) => fields.subscription !== undefined && fields.mutation !== undefined);
  const subscribed = both ?? topics.find(({ fields }) => fields.subscription !== undefined);
  const published = both ?? topics.find(({ fields }) => fields.mutation !== undefined);
  const url = options.url === options.defaultUrl ? '' : ` --url ${shellQuote(options.url)}`;
  return [
    ...(subscribed === undefined ? [] : [`subscribe ${shellQuote(subscriptionText(options, subscribed))}${url}`]),
    ...(published === undefined ? [] : [publishLine(options, published) + url]),
  ].map((line) => `${shellQuote(options.program)} ${line}`);
}

/** An event that the topic's mutation takes. */
function eventOf({ schema, now }: ReadyLineOptions, { fields }: TopicApi): JsonObject {
  const mutation =
    fields.mutation === undefined ? undefined : schema.schema.getMutationType()?.getFields()[fields.mutation];
  const type =
    mutation === undefined ? undefined : getNamedType(mutation.args.find(({ name }) => name === 'event')?.type);
  return isInputObjectType(type) ? sampleEvent(type, now) : {};
}

function publishLine(options: ReadyLineOptions, api: TopicApi): string {
  return `publish ${api.topic.typeName} ${shellQuote(JSON.stringify(eventOf(options, api)))}`;
}

/** A subscription that sees the sample event of the topic. */
function subscriptionText(options: ReadyLineOptions, api: TopicApi): string {
  const name = api.fields.subscription ?? '';
  const field = options.schema.schema.getSubscriptionType()?.getFields()[name];
  const event = memberOf(eventOf(options, api), api);
  const given = (field?.args ?? [])
    .filter((argument) => isRequiredArgument(argument))
    .map((argument) => {
      const parameter = api.topic.parameters.find((candidate) => candidate.argument === argument.name);
      const value = event[parameter?.field ?? ''] ?? `${argument.name}-1`;
      return `${argument.name}: ${literal(value, isEnumType(getNamedType(argument.type)))}`;
    });
  const values = given.length === 0 ? '' : `(${given.join(', ')})`;
  return `subscription { ${name}${values} { ${selection(api.eventType)} } }`;
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

function selection(type: GraphQLNamedOutputType): string {
  if (!isObjectType(type) && !isInterfaceType(type)) return '__typename';
  const leaves = Object.values(type.getFields()).filter((field) => isLeafType(getNamedType(field.type)));
  // Fields that are always there say most.
  const ordered = [
    ...leaves.filter(({ type }) => isNonNullType(type)),
    ...leaves.filter(({ type }) => !isNonNullType(type)),
  ];
  const names = ordered.slice(0, SELECTED_FIELDS).map((field) => field.name);
  return names.length === 0 ? '__typename' : names.join(' ');
}
