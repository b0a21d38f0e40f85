/**
 * What a compiled projection costs against graphql-js `execute` followed by `JSON.stringify`. The ratios are the claim; the
 * nanoseconds are this machine's. Run: node bench/projection.ts
 */
import { buildSchema, type FragmentDefinitionNode, isAbstractType, type OperationDefinitionNode, parse } from 'graphql';
import { compileProjection } from '../src/fanout/projection/compile.ts';
import { executingProjection } from '../src/fanout/projection/execute.ts';
import { quote } from '../src/fanout/projection/quote.ts';
import type { ProjectionRequest } from '../src/fanout/projection/request.ts';
import type { JsonObject } from '../src/json/value.ts';
import { nanosecondsPerCall } from './support/measure.ts';

const schema = buildSchema(`
  type Query { none: Int }
  type Subscription { quake: Quake }
  type Quake {
    id: ID!  network: String!  magnitude: Float!  depthKm: Float  place: String  time: String!
    reviewed: Boolean  reports: Int  tags: [String!]!  location: Location!  stations: [Station!]!  source: Source
  }
  type Location { latitude: Float!  longitude: Float! }
  type Station { code: ID!  distanceKm: Float  location: Location }
  union Source = Agency | Person
  type Agency { name: String! }
  type Person { name: String!  age: Int }
`);
for (const type of Object.values(schema.getTypeMap())) {
  if (isAbstractType(type)) type.resolveType = (value: JsonObject) => String(value['__typename']);
}

const location = { latitude: -33.123456, longitude: -70.65432 };
const station = { code: 'IU.LVC', distanceKm: 102.5, location };
const event: JsonObject = {
  id: 'us7000abcd',
  network: 'us',
  magnitude: 4.5,
  depthKm: 10.2,
  place: '12 km SSW of Somewhere, Chile',
  time: '2026-11-24T20:00:00.000Z',
  reviewed: true,
  reports: 12,
  tags: ['felt', 'coastal', 'reviewed'],
  location,
  stations: Array(10).fill(station),
  source: { __typename: 'Agency', name: 'National Seismology Centre' },
};
/** Events differ and are parsed, so that the engine cannot take them for constants. */
const events = Array.from(
  { length: 64 },
  (_, index) => JSON.parse(JSON.stringify({ ...event, id: `us7000${index}`, magnitude: index / 10 })) as JsonObject,
);
let turn = 0;
function nextEvent(): JsonObject {
  turn = (turn + 1) & 63;
  return events[turn] ?? event;
}

const broken: JsonObject = { ...event, reports: 1.5 };

const SELECTIONS: Readonly<Record<string, string>> = {
  'six leaves': 'id network magnitude place time reviewed',
  'leaves and one object': 'id magnitude place location { latitude longitude }',
  'list of ten objects': 'id stations { code distanceKm location { latitude longitude } }',
  'union and fragments': '...F source { __typename ... on Agency { name } ... on Person { age } }',
};

function requestFor(selection: string): ProjectionRequest {
  const document = parse(
    `subscription { quake { ${selection} } } fragment F on Quake { id tags location { latitude } }`,
  );
  const [operation, fragment] = document.definitions;
  return {
    schema,
    operation: operation as OperationDefinitionNode,
    fragments: new Map([['F', fragment as FragmentDefinitionNode]]),
    variables: {},
  };
}

function compare(name: string, request: ProjectionRequest, next: () => JsonObject): void {
  const compiled = compileProjection({
    ...request,
    onFallback: (reason) => {
      throw new Error(`not compiled: ${reason}`);
    },
  });
  const execute = executingProjection(request);
  const fast = nanosecondsPerCall(() => compiled(next()).data);
  const slow = nanosecondsPerCall(() => execute(next()).data);
  console.log(
    `${name.padEnd(30)} compiled ${fast.toFixed(0).padStart(7)} ns/op, execute ${slow.toFixed(0).padStart(8)} ns/op, ${(slow / fast).toFixed(1)} times as fast`,
  );
}

for (const [name, selection] of Object.entries(SELECTIONS)) compare(name, requestFor(selection), nextEvent);
compare('with a scalar error', requestFor('id reports place'), () => broken);

// What generated code could reach at best: the same selection written out by hand.
const byHand = nanosecondsPerCall(() => {
  const { id, network, magnitude, place, time, reviewed } = nextEvent() as Record<string, unknown>;
  if (typeof id !== 'string' || typeof network !== 'string' || typeof time !== 'string') throw new Error('not fit');
  if (typeof magnitude !== 'number' || typeof reviewed !== 'boolean' || typeof place !== 'string') return '';
  return `{"quake":{"id":${quote(id)},"network":${quote(network)},"magnitude":${magnitude},"place":${quote(place)},"time":${quote(time)},"reviewed":${reviewed}}}`;
});
console.log(`six leaves by hand             ${byHand.toFixed(0)} ns/op`);

for (const length of [2, 10, 29, 90, 300]) {
  const texts = Array.from({ length: 64 }, (_, index) => String.fromCharCode(65 + (index % 26)).repeat(length));
  let next = 0;
  const take = (): string => {
    next = (next + 1) & 63;
    return texts[next] ?? '';
  };
  const own = nanosecondsPerCall(() => quote(take()));
  const engine = nanosecondsPerCall(() => JSON.stringify(take()));
  console.log(
    `quote ${String(length).padStart(3)} characters: ${own.toFixed(0)} ns/op, JSON.stringify ${engine.toFixed(0)} ns/op`,
  );
}
