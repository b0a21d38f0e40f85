/** The guarantees that a topic can declare. */
export type Delivery = 'EPHEMERAL' | 'BUFFERED' | 'DURABLE';

export const DELIVERIES: readonly Delivery[] = ['EPHEMERAL', 'BUFFERED', 'DURABLE'];

/** Those whose events are kept, so that a subscription can be resumed. */
export const REPLAYABLE: readonly Delivery[] = ['BUFFERED', 'DURABLE'];

const TYPES: Readonly<Record<Delivery, string>> = {
  EPHEMERAL: 'LoadEphemeral',
  BUFFERED: 'LoadBuffered',
  DURABLE: 'LoadDurable',
};

/** The subscription of one topic instance; its root field is called `event`. `text` is selected for those who want much to read. */
export function subscriptionOf(delivery: Delivery, withText = false): string {
  const type = TYPES[delivery];
  const fields = `run source kind sequence due${withText ? ' text' : ''}`;
  if (delivery === 'EPHEMERAL') {
    return `subscription ($topic: ID!) { event: ${fieldOf(type)}(topic: $topic) { ${fields} } }`;
  }
  return `subscription ($topic: ID!, $from: ReplayFrom) { event: ${fieldOf(type)}(topic: $topic, from: $from) { ${fields} } }`;
}

/** Publishes many in order; its root field is called `results`. */
export function batchMutationOf(delivery: Delivery): string {
  const type = TYPES[delivery];
  return `mutation ($events: [${type}Input!]!) { results: publish${type}Batch(events: $events) { __typename ... on PublishFailure { code message } } }`;
}

/** Publishes one. */
export function mutationOf(delivery: Delivery): string {
  const type = TYPES[delivery];
  return `mutation ($event: ${type}Input!) { publish${type}(event: $event) { delivery } }`;
}

/** A page of what is kept; its root field is called `page`. */
export function historyOf(delivery: Delivery): string {
  const field = fieldOf(TYPES[delivery]);
  return `query ($topic: ID!, $first: Int!, $after: Cursor) { page: ${field}History(topic: $topic, first: $first, after: $after) { edges { node { run source kind sequence due } } pageInfo { endCursor hasNextPage } } }`;
}

function fieldOf(type: string): string {
  return type.charAt(0).toLowerCase() + type.slice(1);
}
