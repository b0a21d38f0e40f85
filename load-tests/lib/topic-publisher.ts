import { clearTimeout, setTimeout } from 'k6/timers';
import type { Sizes } from '../profiles/sizes.ts';
import type { EventSource } from './event-source.ts';
import type { GatewayConnection, Result } from './graphql-transport-ws.ts';
import { countPublished, fail, publishTime } from './measures.ts';
import { dueTime, eventCount, type RunPlan } from './run-plan.ts';

/** Between two looks at what is due, at least: what falls due within it goes as one batch. */
const TICK_MS = 10;
const CALL_EVERY_MS = 200;
/** Of one socket the gateway takes 100 operations at once. At this bound events wait here, and their latency runs on. */
const IN_FLIGHT_LIMIT = 50;
/** A batch has so many events at most, and so much text: a message over 2 MiB ends the socket. */
const BATCH_EVENTS = 500;
const BATCH_BYTES = 1_000_000;

export interface TopicPublisherOptions {
  readonly connection: GatewayConnection;
  readonly source: EventSource;
  readonly plan: RunPlan;
  readonly sizes: Sizes;
  /** How often the end is told, half a second apart: more than once where it may be lost and that is no fault. */
  readonly endings: number;
  /** All is published and answered. */
  readonly done: () => void;
}

/**
 * Publishes the events of one topic at the times that the plan names, whether or not earlier ones were answered: a slow gateway does not
 * slow its load down. Before the start it calls, so that subscribers know that they
 * are attached; at the end it says how many events there were.
 */
export class TopicPublisher {
  readonly #options: TopicPublisherOptions;
  readonly #events: number;
  readonly #batchLimit: number;
  #timer: number;
  #stopped = false;
  #sent = 0;
  #inFlight = 0;
  #nextCall = 0;
  #endingsTold = 0;
  #nextEnding = 0;

  constructor(options: TopicPublisherOptions) {
    this.#options = options;
    this.#events = eventCount(options.sizes);
    this.#batchLimit = Math.min(BATCH_EVENTS, Math.ceil(BATCH_BYTES / options.sizes.bytes));
    this.#timer = setTimeout(() => this.#run(), 0);
  }

  /** No more is published. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #run(): void {
    this.#tick();
    if (this.#stopped) return;
    const { plan, sizes, source } = this.#options;
    const next = this.#sent < this.#events ? dueTime(plan, sizes, this.#sent + 1, source.phase) : 0;
    const now = Date.now();
    const wait = Math.min(next - now, CALL_EVERY_MS);
    this.#timer = setTimeout(() => this.#run(), Math.max(TICK_MS, wait));
  }

  #tick(): void {
    if (this.#inFlight >= IN_FLIGHT_LIMIT) return;
    const now = Date.now();
    const { plan, sizes, endings, source } = this.#options;
    if (now < plan.startAt) {
      if (now < this.#nextCall) return;
      this.#nextCall = now + CALL_EVERY_MS;
      this.#publish(source.call(now));
      return;
    }
    const due: object[] = [];
    while (this.#sent < this.#events && due.length < this.#batchLimit) {
      const time = dueTime(plan, sizes, this.#sent + 1, source.phase);
      if (time > now) break;
      this.#sent += 1;
      due.push(source.event(this.#sent, time));
    }
    if (due.length > 0) this.#publish(due);
    if (this.#sent < this.#events) return;
    if (this.#endingsTold < endings) {
      if (now < this.#nextEnding) return;
      this.#endingsTold += 1;
      this.#nextEnding = now + 500;
      this.#publish(source.end(this.#events, now));
    } else if (this.#inFlight === 0) {
      this.stop();
      this.#options.done();
    }
  }

  #publish(events: readonly object[]): void {
    const { connection, source } = this.#options;
    const { delivery, mutation } = source;
    const at = Date.now();
    this.#inFlight += 1;
    connection.start(
      { query: mutation, variables: { events } },
      {
        next: (result) => this.#check(result, events),
        completed: () => {
          this.#inFlight -= 1;
          publishTime.add(Date.now() - at, { delivery });
        },
        failed: (reason) => {
          this.#inFlight -= 1;
          fail(`${events.length} events of ${delivery} were not published: ${reason}`);
        },
      },
    );
  }

  #check({ data, errors }: Result, events: readonly object[]): void {
    const { delivery } = this.#options.source;
    const results = (data as { results?: readonly { __typename: string }[] } | null | undefined)?.results;
    const published = results?.filter(({ __typename }) => __typename === 'PublishReceipt').length ?? 0;
    countPublished(published, delivery);
    if (published < events.length)
      fail(
        `${events.length - published} events of ${delivery} were not published: ${JSON.stringify(errors ?? results)}`,
      );
  }
}
