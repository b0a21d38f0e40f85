import { exampleArguments, exampleEvent, exampleSelection } from '../schema/example-operation.ts';
import type { GatewaySchema, TopicApi } from '../schema/gateway-schema.ts';
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

function publishLine({ schema, now }: ReadyLineOptions, api: TopicApi): string {
  return `publish ${api.topic.typeName} ${shellQuote(JSON.stringify(exampleEvent(schema, api, now)))}`;
}

/** A subscription that sees the sample event of the topic. */
function subscriptionText({ schema, now }: ReadyLineOptions, api: TopicApi): string {
  const given = exampleArguments(schema, api, 'subscription', now);
  const values = given.length === 0 ? '' : `(${given.join(', ')})`;
  return `subscription { ${api.fields.subscription ?? ''}${values} { ${exampleSelection(api.eventType).join(' ')} } }`;
}
