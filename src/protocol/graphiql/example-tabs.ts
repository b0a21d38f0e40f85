import { exampleArguments, exampleEvent, exampleSelection } from '../../schema/example-operation.ts';
import type { GatewaySchema, TopicApi } from '../../schema/gateway-schema.ts';

/** What a tab of GraphiQL begins with. */
export interface Tab {
  readonly query: string;
  /** JSON text. */
  readonly variables?: string;
}

/**
 * One tab for each thing that the schema lets a client do: subscribe, publish an event that this subscription sees, read what was kept,
 * and list the topics. `now` is in milliseconds. Pure.
 */
export function exampleTabs(gateway: GatewaySchema, now: number): readonly Tab[] {
  const { topics } = gateway;
  const both = topics.find(({ fields }) => fields.subscription !== undefined && fields.mutation !== undefined);
  const subscribed = both ?? topics.find(({ fields }) => fields.subscription !== undefined);
  const published = both ?? topics.find(({ fields }) => fields.mutation !== undefined);
  const kept =
    published?.fields.history === undefined ? topics.find(({ fields }) => fields.history !== undefined) : published;
  return [
    ...(subscribed === undefined ? [] : [subscription(gateway, subscribed, now)]),
    ...(published === undefined ? [] : [mutation(gateway, published, now)]),
    ...(kept === undefined ? [] : [history(gateway, kept, now)]),
    { query: TOPICS },
  ];
}

function subscription(gateway: GatewaySchema, api: TopicApi, now: number): Tab {
  const given = exampleArguments(gateway, api, 'subscription', now);
  const query = `# Press play: events appear on the right.
subscription On${api.topic.typeName} {
  ${api.fields.subscription ?? ''}${inParentheses(given)} {
${lines(exampleSelection(api.eventType), '    ')}
  }
}
`;
  return { query };
}

function mutation(gateway: GatewaySchema, api: TopicApi, now: number): Tab {
  const { typeName } = api.topic;
  const query = `# The event is below, among the variables.
mutation Publish${typeName}($event: ${typeName}Input!) {
  ${api.fields.mutation ?? ''}(event: $event) {
    topic
    delivery
    publishedAt
  }
}
`;
  return { query, variables: `${JSON.stringify({ event: exampleEvent(gateway, api, now) }, null, 2)}\n` };
}

function history(gateway: GatewaySchema, api: TopicApi, now: number): Tab {
  const given = [...exampleArguments(gateway, api, 'history', now), 'first: 10'];
  const query = `# What was kept, oldest first.
# Next page: after: endCursor. Go on live: from: { cursor: endCursor }.
query ${api.topic.typeName}History {
  ${api.fields.history ?? ''}${inParentheses(given)} {
    edges {
      node {
${lines(exampleSelection(api.eventType), '        ')}
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`;
  return { query };
}

const TOPICS = `# Every topic: what it guarantees, and its fields.
query Topics {
  topics {
    name
    type
    delivery
    subscription
    mutation
    history
  }
}
`;

function inParentheses(values: readonly string[]): string {
  return values.length === 0 ? '' : `(${values.join(', ')})`;
}

function lines(names: readonly string[], indent: string): string {
  return names.map((name) => indent + name).join('\n');
}
