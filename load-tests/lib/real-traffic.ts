import type { Delivery } from './deliveries.ts';
import type { EventSource } from './event-source.ts';

/** The fields of examples/earthquakes/schema.graphql that matter here; the others are passed through. */
export interface Quake {
  readonly id: string;
  readonly network: string;
  readonly magnitude: number;
}

export interface Departure {
  readonly id: string;
  readonly origin: string;
}

/** What a real event's `id` says in a run, in place of its own. */
export interface EventMark {
  readonly run: string;
  readonly kind: 'CALL' | 'EVENT' | 'END';
  readonly sequence: number;
  readonly due: number;
}

/** In a network and from an airport that there are plenty of in the data, so that every subscriber gets what is for all. */
export const COMMON_NETWORK = 'us';
export const COMMON_ORIGIN = 'ATL';
/** More than any filter asks for. */
const EXTREME_MAGNITUDE = 10;

export function idOf({ run, kind, sequence, due }: EventMark): string {
  return `${run}/${kind}/${sequence}/${due}`;
}

/** Undefined for an event that this kind of test did not publish. */
export function markOf(id: string): EventMark | undefined {
  const [run, kind, sequence, due] = id.split('/');
  if (run === undefined || due === undefined || (kind !== 'CALL' && kind !== 'EVENT' && kind !== 'END'))
    return undefined;
  return { run, kind, sequence: Number(sequence), due: Number(due) };
}

/** The earthquakes in their order, again and again. Their order is per network, so each network is told its end. */
export function quakeSource(run: string, rows: readonly Quake[]): EventSource {
  const networks = [...new Map(rows.map((row) => [row.network, row])).values()];
  return {
    ...sourceOf(run, rows, 'DURABLE', 'Quake'),
    call: (due) => [extreme(networks, COMMON_NETWORK, idOf({ run, kind: 'CALL', sequence: 0, due }))],
    end: (sequence, due) =>
      networks.map(({ network }) => extreme(networks, network, idOf({ run, kind: 'END', sequence, due }))),
  };
}

/** The flights in their order, again and again. They are one ordered stream. */
export function departureSource(run: string, rows: readonly Departure[]): EventSource {
  const common = rows.find(({ origin }) => origin === COMMON_ORIGIN);
  const mark = (kind: EventMark['kind'], sequence: number, due: number): object[] => [
    { ...common, id: idOf({ run, kind, sequence, due }) },
  ];
  return {
    ...sourceOf(run, rows, 'BUFFERED', 'Departure'),
    call: (due) => mark('CALL', 0, due),
    end: (sequence, due) => mark('END', sequence, due),
  };
}

function sourceOf(
  run: string,
  rows: readonly object[],
  delivery: Delivery,
  type: string,
): Pick<EventSource, 'delivery' | 'phase' | 'mutation' | 'event'> {
  return {
    delivery,
    phase: 0,
    mutation: `mutation ($events: [${type}Input!]!) { results: publish${type}Batch(events: $events) { __typename ... on PublishFailure { code message } } }`,
    event: (sequence, due) => ({
      ...rows[(sequence - 1) % rows.length],
      id: idOf({ run, kind: 'EVENT', sequence, due }),
    }),
  };
}

function extreme(rows: readonly Quake[], network: string, id: string): object {
  return { ...rows.find((row) => row.network === network), id, magnitude: EXTREME_MAGNITUDE };
}
