// The earthquakes and flights of the example, published in their order, to subscribers who want all of them, those of one network, strong
// ones, or flights of one airport. The data tell each subscriber exactly what it must get.

import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { flowOptions, once } from '../lib/flow-options.ts';
import { profileName, sizesOf } from '../lib/profile.ts';
import { Ranks } from '../lib/ranks.ts';
import {
  COMMON_NETWORK,
  COMMON_ORIGIN,
  type Departure,
  departureSource,
  type Quake,
  quakeSource,
} from '../lib/real-traffic.ts';
import { planRun, type RunPlan } from '../lib/run-plan.ts';
import { publishSources, share } from '../lib/topics.ts';
import { type TrafficInterest, TrafficSubscriber } from '../lib/traffic-subscriber.ts';
import { thresholdsOf } from '../thresholds/thresholds.ts';

/** k6's own: reads a file, at the start of a run only. */
declare function open(path: string): string;

const sizes = sizesOf('mixed', __ENV);

function rowsOf<Row>(file: string): readonly Row[] {
  const lines = open(`../../examples/earthquakes/data/${file}`).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

const quakes = rowsOf<Quake>('earthquakes.jsonl');
const departures = rowsOf<Departure>('flights.jsonl');

const STRONG = 2.5;

function quakeInterest(
  query: string,
  wants: (quake: Quake) => boolean,
  networks: readonly string[],
): TrafficInterest<Quake> {
  const ranks = networks.map(
    (name) => [name, new Ranks(quakes, (quake) => quake.network === name && wants(quake))] as const,
  );
  return { delivery: 'DURABLE', query, streamOf: ({ network }) => network, ranks: new Map(ranks) };
}

function departureInterest(query: string, wants: (departure: Departure) => boolean): TrafficInterest<Departure> {
  return {
    delivery: 'BUFFERED',
    query,
    streamOf: () => 'flights',
    ranks: new Map([['flights', new Ranks(departures, wants)]]),
  };
}

const networks = [...new Set(quakes.map(({ network }) => network))];
const QUAKE_INTERESTS: readonly TrafficInterest<Quake>[] = [
  quakeInterest('subscription { event: quake { id network magnitude place } }', () => true, networks),
  quakeInterest(`subscription { event: quake(network: "${COMMON_NETWORK}") { id network time } }`, () => true, [
    COMMON_NETWORK,
  ]),
  quakeInterest(
    `subscription { event: quake(where: { magnitude: { gte: ${STRONG} } }) { id network magnitude longitude latitude depthKm } }`,
    ({ magnitude }) => magnitude >= STRONG,
    networks,
  ),
];
const DEPARTURE_INTERESTS: readonly TrafficInterest<Departure>[] = [
  departureInterest('subscription { event: departure { id origin destination departure delayMinutes } }', () => true),
  departureInterest(
    `subscription { event: departure(where: { origin: { eq: "${COMMON_ORIGIN}" } }) { id destination } }`,
    ({ origin }) => origin === COMMON_ORIGIN,
  ),
];
/** Accounts that are settled: one for each ordered stream of each subscriber. */
const ACCOUNTS =
  sizes.subscribers *
  [...QUAKE_INTERESTS, ...DEPARTURE_INTERESTS].map(({ ranks }) => ranks.size).reduce((sum, count) => sum + count, 0);

export const options: Options = flowOptions(
  { subscribers: once('subscribers', sizes.users, sizes), publishers: once('publishers', 2, sizes) },
  thresholdsOf({
    profile: profileName(__ENV),
    latencyOf: ['BUFFERED', 'DURABLE'],
    subscribers: ACCOUNTS,
    timed: ['connect_time', 'ack_time', 'publish_time'],
  }),
);

export function setup(): RunPlan {
  return planRun(sizes);
}

export function subscribers(plan: RunPlan): void {
  const subscribe = [
    ...QUAKE_INTERESTS.map((interest) => () => new TrafficSubscriber(interest, plan, sizes)),
    ...DEPARTURE_INTERESTS.map((interest) => () => new TrafficSubscriber(interest, plan, sizes)),
  ];
  const all = Array.from({ length: sizes.subscribers }, () => subscribe).flat();
  for (const start of share(all, sizes.users)) start();
}

export function publishers(plan: RunPlan): void {
  const isFirst = exec.scenario.iterationInTest === 0;
  publishSources(plan, sizes, [isFirst ? quakeSource(plan.run, quakes) : departureSource(plan.run, departures)]);
}
