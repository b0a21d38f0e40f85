import { type WatchedSubscription, watchSubscription } from '../../../src/cli/watch-subscription.ts';
import type { RecordedEvent } from './recording.ts';

/** What one subscriber of the demo asks for, and which events it should get. */
interface Interest {
  readonly name: string;
  readonly query: string;
  /** An event that it must get; published until it came, so that the playing starts when everyone listens. */
  readonly warmUp: Pick<RecordedEvent, 'type' | 'value'>;
  wants(event: RecordedEvent): boolean;
  /** The event in a few words. */
  describe(event: Readonly<Record<string, unknown>>): string;
}

/** The id of events that only test whether a subscriber listens. */
const WARM_UP = 'warm-up';

const quake = (network: string): Interest['warmUp'] => ({
  type: 'Quake',
  value: {
    id: WARM_UP,
    network,
    magnitude: 9,
    time: 0,
    updated: 0,
    status: 'automatic',
    tsunami: false,
    significance: 0,
  },
});

const INTERESTS: readonly Interest[] = [
  {
    name: 'quakes of 4 and more, all networks',
    query: 'subscription { quake(where: { magnitude: { gte: 4 } }) { id magnitude place } }',
    warmUp: quake('us'),
    wants: ({ type, value }) => type === 'Quake' && Number(value['magnitude']) >= 4,
    describe: ({ magnitude, place }) => `${magnitude}  ${place}`,
  },
  {
    name: 'quakes in Alaska, every one',
    query: 'subscription { quake(network: "ak") { id magnitude place } }',
    warmUp: quake('ak'),
    wants: ({ type, value }) => type === 'Quake' && value['network'] === 'ak',
    describe: ({ magnitude, place }) => `${magnitude}  ${place}`,
  },
  {
    name: 'departures from Atlanta',
    query: 'subscription { departure(where: { origin: { eq: "ATL" } }) { id destination delayMinutes } }',
    warmUp: {
      type: 'Departure',
      value: {
        id: WARM_UP,
        origin: 'ATL',
        destination: 'ATL',
        departure: '2001-01-01T00:00:00Z',
        delayMinutes: 0,
        distanceMiles: 0,
      },
    },
    wants: ({ type, value }) => type === 'Departure' && value['origin'] === 'ATL',
    describe: ({ destination, delayMinutes }) =>
      `to ${destination}, ${Number(delayMinutes) > 0 ? `${delayMinutes} min late` : 'on time'}`,
  },
  {
    name: 'chat room quakes',
    query: 'subscription { chatMessage(room: "quakes") { id author text } }',
    warmUp: {
      type: 'ChatMessage',
      value: { id: WARM_UP, room: 'quakes', author: 'demo', text: 'Hello', sentAt: '2018-01-31T00:00:00Z' },
    },
    wants: ({ type }) => type === 'ChatMessage',
    describe: ({ author, text }) => `${author}: ${text}`,
  },
];

/** One live subscription of the demo and what it has got. */
export class Subscriber {
  readonly interest: Interest;
  /** Events that it got, warm-up left out. */
  received = 0;
  /** The newest event in words. */
  latest = '';
  /** Why it is over; undefined while it lives. */
  failure: string | undefined;
  /** Did the warm-up event come? */
  ready = false;
  /** Called after each event. */
  onEvent: (subscriber: Subscriber) => void = () => {};
  readonly #watched: WatchedSubscription;

  constructor(url: string, interest: Interest) {
    this.interest = interest;
    this.#watched = watchSubscription({
      url,
      query: interest.query,
      variables: undefined,
      cursor: undefined,
      onResult: ({ data, errors }) =>
        this.#take(Object.values(data ?? {})[0] as Record<string, unknown> | null, errors),
      onNotice: () => {},
    });
    void this.#watched.ended.then((end) => {
      if (end.type !== 'stopped') this.failure = JSON.stringify(end);
    });
  }

  stop(): void {
    this.#watched.stop();
  }

  #take(event: Record<string, unknown> | null | undefined, errors: unknown): void {
    if (event === null || event === undefined) {
      this.failure = `an event could not be delivered: ${JSON.stringify(errors)}`;
    } else if (event['id'] === WARM_UP) this.ready = true;
    else {
      this.received += 1;
      this.latest = this.interest.describe(event);
      this.onEvent(this);
    }
  }
}

/** The subscribers of the demo, connected to a gateway. */
export function startSubscribers(url: string): readonly Subscriber[] {
  return INTERESTS.map((interest) => new Subscriber(url, interest));
}
