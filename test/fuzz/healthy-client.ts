import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { request, type Subscription, subscribe } from '../support/graphql-client.ts';
import { inTime, STUCK_MS } from './in-time.ts';
import type { Tally } from './tally.ts';

const SUBSCRIPTION = 'subscription { quake(network: "healthy") { id } }';
const PUBLISH = `mutation ($id: ID!) { publishQuake(event: {
  id: $id, network: "healthy", magnitude: 1, time: 0, updated: 0, status: reviewed, tsunami: false, significance: 1 }) { cursor } }`;
/** Between two events. */
const PAUSE_MS = 5;

/** A well-behaved client beside the fuzz: it publishes numbered events, and must see each once, in order. */
export class HealthyClient {
  readonly #url: string;
  readonly #tally: Tally;
  readonly #subscription: Subscription;
  #published = 0;
  #running = true;
  #publishing: Promise<void> | undefined;

  constructor(url: string, tally: Tally) {
    this.#url = url;
    this.#tally = tally;
    this.#subscription = subscribe(url, SUBSCRIPTION);
  }

  /** Resolves when its subscription is attached; from then on it publishes. */
  async start(): Promise<void> {
    await eventually(
      async () => {
        await this.#publish('probe');
        return this.#subscription.results.length > 0;
      },
      { what: 'a first event' },
    );
    this.#publishing = this.#run();
  }

  /** Stops publishing, waits for the last event, and tells the tally what was not as it should be. */
  async stop(): Promise<void> {
    this.#running = false;
    await this.#publishing;
    const last = String(this.#published);
    await eventually(() => this.#ids().at(-1) === last, {
      what: `event ${last} at the healthy client`,
      deadlineMs: STUCK_MS,
    }).catch((error: unknown) => this.#tally.problem(`healthy client: ${String(error)}`));
    const ids = this.#ids().filter((id) => id !== 'probe');
    const wrong = ids.findIndex((id, index) => id !== String(index + 1));
    if (wrong !== -1) this.#tally.problem(`healthy client: event ${wrong + 1} was ${ids[wrong]}`);
    if (this.#subscription.failure !== undefined) {
      this.#tally.problem(`healthy client: ${String(this.#subscription.failure)}`);
    }
    this.#tally.count('events of the healthy client', ids.length);
    await this.#subscription.end();
  }

  #ids(): unknown[] {
    return this.#subscription.results.map(({ data, errors }) => {
      if (errors !== undefined) this.#tally.problem(`healthy client: ${JSON.stringify(errors)}`);
      return (data?.['quake'] as { readonly id?: unknown } | null | undefined)?.id;
    });
  }

  async #run(): Promise<void> {
    while (this.#running) {
      await this.#publish(String(this.#published + 1));
      this.#published += 1;
      await pause(PAUSE_MS);
    }
  }

  async #publish(id: string): Promise<void> {
    try {
      const { errors } = await inTime(request(this.#url, PUBLISH, { id }), 'its answer');
      if (errors !== undefined) this.#tally.problem(`healthy client: publish ${id}: ${JSON.stringify(errors)}`);
    } catch (error) {
      this.#running = false;
      this.#tally.problem(`healthy client: publish ${id}: ${String(error)}`);
    }
  }
}
