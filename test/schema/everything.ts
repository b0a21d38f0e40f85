import { readFileSync } from 'node:fs';
import type { GatewaySchema, TopicApi } from '../../src/schema/gateway-schema.ts';
import { loadSchema } from '../../src/schema/load-schema.ts';

/** A schema that uses everything that a schema file can say. */
export const EVERYTHING: string = readFileSync(new URL('everything.graphql', import.meta.url), 'utf8');

export function loadEverything(): GatewaySchema {
  return loadSchema({ file: 'everything.graphql', text: EVERYTHING });
}

/** The topic of that event type. */
export function topicOf(gateway: GatewaySchema, typeName: string): TopicApi {
  const found = gateway.topics.find(({ topic }) => topic.typeName === typeName);
  if (found === undefined) throw new Error(`no topic of ${typeName}`);
  return found;
}
