import type { Random } from '../../support/random.ts';
import { jsonText } from './json.ts';
import { mutateTokens } from './mutate.ts';

/** One GraphQL request. */
export interface GraphqlRequest {
  readonly query: string;
  /** JSON text of the variables; undefined leaves them out. */
  readonly variables: string | undefined;
}

const QUAKE = [
  'id',
  'network',
  'magnitude',
  'magnitudeType',
  'place',
  'time',
  'updated',
  'status',
  'tsunami',
  'depthKm',
  '__typename',
];
const FLIGHT = ['id', 'origin', 'destination', 'departure', 'delayMinutes', '__typename'];
const CHAT = ['id', 'room', 'author', 'text', 'sentAt', '__typename'];
const RECEIPT = ['topic', 'delivery', 'cursor', 'publishedAt', 'partition', 'offset', 'streamId'];
const NETWORKS = ['"us"', '"ci"', '"ak"', '""', '"a b/%"', '"é"', '"\\u0000"', 'null', '42', `"${'n'.repeat(129)}"`];
const FROM = [
  '{ last: 2 }',
  '{ last: 0 }',
  '{ last: -1 }',
  '{ earliest: false }',
  '{ cursor: "no cursor" }',
  '{ time: "2030-01-01T00:00:00Z" }',
  '{ earliest: true, last: 1 }',
  '{}',
];
const WHERE = [
  '{ magnitude: { gte: 4 } }',
  '{ or: [{ id: { eq: "1" } }, { not: { place: { exists: true } } }] }',
  '{ network: { in: ["us", "ci"] } }',
  '{ and: [] }',
  '{ or: [] }',
  '{ magnitude: { gte: "4" } }',
  '{ constructor: { eq: 1 } }',
  `${'{ not: '.repeat(30)}{}${' }'.repeat(30)}`,
];
/** Tokens that mutations put in. */
const WORDS = [
  ...QUAKE,
  'quake',
  'publishQuake',
  'departureHistory',
  'subscription',
  'mutation',
  'query',
  'fragment',
  'on',
  'Quake',
  'F',
  '...',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ':',
  '!',
  '=',
  '$v',
  '@skip(if: $v)',
  '@include(if: true)',
  '@deprecated',
  '"text"',
  '"""block"""',
  '1',
  '-1.5',
  '1e400',
  'null',
  'true',
  'RED',
  '__schema',
  '__type',
  'constructor',
  '__proto__',
  '#',
];

/** A request from the grammar of the earthquake API; about a quarter have accidents in their tokens. */
export function graphqlRequest(random: Random): GraphqlRequest {
  const query = withVariables(document(random));
  const mutated = random.chance(0.25) ? mutateTokens(random, query, WORDS) : query;
  return { query: mutated, variables: variablesText(random) };
}

const VARIABLES = ['$v: Boolean = true', '$network: String = "us"', '$event: ChatMessageInput!'];

/** Puts the definitions of the variables that a document uses where it has `()`. */
function withVariables(text: string): string {
  const used = VARIABLES.filter((definition) => text.includes(definition.slice(0, definition.indexOf(':'))));
  return text.replace('()', used.length === 0 ? '' : `(${used.join(', ')})`);
}

function variablesText(random: Random): string | undefined {
  const choice = random.below(200);
  if (choice < 100) return undefined;
  if (choice < 170)
    return `{"v":${random.chance(0.5)},"network":"us","event":{"id":"1","room":"a","author":"f","text":"\\u0000","sentAt":"2026-11-20T08:30:00Z"}}`;
  // Anything but an object ends a WebSocket.
  return choice < 198 ? `{"v":true,"event":${jsonText(random)}}` : jsonText(random);
}

function document(random: Random): string {
  const choice = random.below(100);
  if (choice < 50) return subscription(random);
  if (choice < 70) return query(random);
  if (choice < 86) return mutation(random);
  return extreme(random);
}

function selection(random: Random, fields: readonly string[], depth = 0): string {
  const parts = Array.from({ length: 1 + random.below(6) }, () => {
    const field = random.pick(fields);
    const alias = random.chance(0.2)
      ? `${random.pick(['a', 'b', '__proto__', 'constructor'])}${random.below(1000)}: `
      : '';
    if (depth < 3 && random.chance(0.1)) return `... ${directive(random)} ${selection(random, fields, depth + 1)}`;
    return `${alias}${field}${directive(random)}`;
  });
  return `{ ${parts.join(' ')} }`;
}

function directive(random: Random): string {
  if (!random.chance(0.1)) return '';
  return random.pick([
    ' @skip(if: $v)',
    ' @include(if: true)',
    ' @skip(if: false) @include(if: $v)',
    random.chance(0.1) ? ' @unknown' : '',
  ]);
}

function subscription(random: Random): string {
  const head = 'subscription S()';
  switch (random.below(4)) {
    case 0:
      return `${head} { chatMessage(room: ${random.pick(['"a"', '"b"', '""'])}) ${selection(random, CHAT)} }`;
    case 1:
      return `${head} { departure${random.chance(0.3) ? `(from: ${random.pick(FROM)})` : ''} ${selection(random, FLIGHT)} }`;
    default: {
      const parts: string[] = [];
      if (random.chance(0.6)) parts.push(`network: ${random.chance(0.3) ? '$network' : random.pick(NETWORKS)}`);
      if (random.chance(0.4)) parts.push(`where: ${random.pick(WHERE)}`);
      if (random.chance(0.2)) parts.push(`from: ${random.pick(FROM)}`);
      const list = parts.length === 0 ? '' : `(${parts.join(', ')})`;
      return `${head} { ${random.chance(0.2) ? 'x: ' : ''}quake${list} ${selection(random, QUAKE)} }`;
    }
  }
}

function query(random: Random): string {
  const head = 'query Q()';
  if (random.chance(0.4)) return `${head} { topics { topic: name delivery __typename } a: __typename }`;
  const page = random.pick([
    'first: 2',
    'last: 3',
    'first: 0',
    'first: -1',
    'first: 1001',
    'first: 1, after: "x"',
    'last: 1, before: ""',
  ]);
  return `${head} { departureHistory(${page}) { edges { cursor node ${selection(random, FLIGHT)} } pageInfo { hasNextPage } } n: __typename @skip(if: $v) }`;
}

function mutation(random: Random): string {
  const id = random.below(1_000_000);
  const receipt = selection(random, RECEIPT);
  switch (random.below(4)) {
    case 0:
      return `mutation M() { publishChatMessage(event: { id: "${id}", room: "a", author: "f", text: ${JSON.stringify('t'.repeat(random.below(300)))}, sentAt: "2026-11-20T08:30:00Z" }) ${receipt} }`;
    case 1:
      return `mutation M() { publishDeparture(event: { id: "${id}", origin: "ATL", destination: "JFK", departure: "2026-11-20T08:30:00Z", delayMinutes: ${random.pick(['1', '1', '1', '2147483648', '1.5'])}, distanceMiles: 7 }) ${receipt} }`;
    case 2:
      return `mutation M() { publishQuake(event: { id: "${id}", network: ${random.pick(NETWORKS)}, magnitude: 4.5, time: 0, updated: 0, status: automatic, tsunami: false, significance: 1 }) ${receipt} }`;
    default:
      return `mutation M() { publishChatMessage(event: $event) ${receipt} }`;
  }
}

/** Fragments that multiply: each spreads the next one twice, or all spread all. The last one may be missing, so that no field is there. */
function doubling(random: Random, count: number): string {
  const names = Array.from({ length: count }, (_, at) => `F${at}`);
  const all = names.map((name) => `...${name}`).join(' ');
  const circle = random.chance(0.3);
  const fragments = names.map(
    (name, at) => `fragment ${name} on Quake { ${circle ? all : `...F${at + 1} ...F${at + 1}`} }`,
  );
  const last = random.chance(0.5) ? ` fragment F${count} on Quake { id }` : '';
  return `subscription { quake { ...F0 } } ${fragments.join(' ')}${last}`;
}

/** Documents that are made to be expensive or endless (A23 to A31). */
function extreme(random: Random): string {
  const count = random.pick([3, 30, 150, 600]);
  switch (random.below(12)) {
    case 0:
      return `subscription { quake { ${Array.from({ length: count }, (_, at) => `a${at}: id`).join(' ')} } }`;
    case 1:
      return `query { topics ${'{ ... '.repeat(count)}{ name }${' }'.repeat(count)} }`;
    case 2:
      return 'subscription { ...A } fragment A on Subscription { ...B } fragment B on Subscription { ...A quake { id } }';
    case 3:
      return `subscription { quake { id ${'@include(if: true) '.repeat(count)} } }`;
    case 4:
      return `{ ${Array.from({ length: Math.min(count, 150) }, (_, at) => `t${at}: topics { name }`).join(' ')} }`;
    case 5:
      return doubling(random, Math.min(count, 30));
    case 6:
      return `subscription { quake(where: { network: { in: [${Array.from({ length: count }, (_, at) => `"n${at}"`).join(', ')}] } }) { id } }`;
    case 7:
      return '{ __schema { types { name fields { name type { name ofType { name ofType { name } } } } } } }';
    case 8:
      return `query { topics(${'a: ['.repeat(count)}1${']'.repeat(count)}) { name } }`;
    case 9:
      return `subscription { quake { id } departure { id } } query B { __typename } ${'#'.repeat(count)}`;
    case 10:
      return `\ufeff query ${'('.repeat(count)}`;
    default:
      return '{ __type(name: "Quake") { name fields { name } } topics { __typename } }';
  }
}
