import type { Random } from '../../support/random.ts';
import { type GraphqlRequest, graphqlRequest } from './documents.ts';
import { jsonText } from './json.ts';
import { mutateText } from './mutate.ts';

const IDS = ['1', '2', '3', 'a', '__proto__', 'constructor', 'é😀', 'x'.repeat(256)];

/** Text of one graphql-transport-ws message; `pool` holds requests that are sent again and again, as a client's are. */
export function socketMessage(random: Random, pool: readonly GraphqlRequest[]): string {
  const text = wellFormed(random, pool);
  // Every accident ends the connection, so there are few.
  return random.chance(0.01) ? mutateText(random, text) : text;
}

function wellFormed(random: Random, pool: readonly GraphqlRequest[]): string {
  const id = JSON.stringify(random.chance(0.7) ? random.pick(IDS) : String(random.below(1e9)));
  const choice = random.below(100);
  // A second subscribe for an id in use ends the connection, so most ids are given back first.
  if (choice < 60)
    return `{"id":${JSON.stringify(`s${random.below(1e9)}`)},"type":"subscribe","payload":${requestText(random, pool)}}`;
  if (choice < 80) return `{"id":${id},"type":"complete"}`;
  if (choice < 88) return `{"type":"ping"${random.chance(0.5) ? `,"payload":{"a":${jsonText(random, 1)}}` : ''}}`;
  if (choice < 94) return `{"type":"pong"}`;
  if (choice < 97)
    return `{"id":${id},"type":"complete","payload":${jsonText(random, 1)},"more":${jsonText(random, 1)}}`;
  if (choice < 98) return `{"id":${id},"type":"subscribe","payload":${requestText(random, pool)}}`;
  return random.chance(0.8) ? `{"type":"pong","payload":{}}` : unwelcome(random, id);
}

/** What closes a connection, each with its own code. */
function unwelcome(random: Random, id: string): string {
  return random.pick([
    '{"type":"connection_init"}',
    `{"id":${id},"type":"next","payload":{}}`,
    `{"id":"","type":"complete"}`,
    `{"id":${'"x'.padEnd(300, 'x')}","type":"complete"}`,
    `{"id":1,"type":"subscribe","payload":{"query":"{ __typename }"}}`,
    jsonText(random),
    '',
    '{"type":"subscribe"}',
    '{"type":"ping","payload":7}',
    '{"type":"__proto__"}',
  ]);
}

/** JSON text of a request: query, variables, extensions, and sometimes what does not belong there. */
export function requestText(random: Random, pool: readonly GraphqlRequest[]): string {
  const { query, variables } = random.chance(0.6) ? random.pick(pool) : graphqlRequest(random);
  let text = `{"query":${JSON.stringify(query)}`;
  if (variables !== undefined) text += `,"variables":${variables}`;
  if (random.chance(0.1))
    text += `,"operationName":${random.pick(['"S"', '"S"', '"nobody"', 'null', random.chance(0.05) ? '7' : '""'])}`;
  if (random.chance(0.1)) {
    text += `,"extensions":${random.pick(['{}', 'null', '{"cursor":"no cursor"}', '{"persistedQuery":{"version":1,"sha256Hash":"0"}}', '{"__proto__":{"cursor":"x"}}', random.chance(0.1) ? '[]' : '{"a":1}'])}`;
  }
  return `${text}}`;
}
