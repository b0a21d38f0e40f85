import { SequenceCheck } from './sequence-check.ts';
import { Subscriber } from './subscriber.ts';

export interface AudienceOptions {
  readonly port: number;
  readonly path: string;
  readonly size: number;
  /** Connection i follows stream i % streams. */
  readonly streams: number;
  /** The operation of a connection, both counted from 0. */
  readonly query: (connection: number, stream: number) => string;
}

/** Handshakes in flight. */
const WINDOW = 64;
const CONNECT_DEADLINE_MS = 90_000;

/** Connections with one subscription each, and the check of what comes to them. */
export class Audience {
  readonly size: number;
  readonly streams: number;
  readonly check: SequenceCheck;
  /** From the first connect to the last subscribe that was sent, in seconds. */
  connectSeconds = 0;
  /** Connections that the server has ended. */
  lost = 0;
  /** Why, of the first few. */
  readonly reasons: string[] = [];
  /** Told of every delivery, beside the check. */
  onDelivery: (connection: number, number: number) => void = () => {};
  readonly #subscribers: Subscriber[] = [];
  #first = 0;

  private constructor(options: AudienceOptions) {
    this.size = options.size;
    this.streams = options.streams;
    this.check = new SequenceCheck(options.size);
  }

  /** Resolves when every subscribe message has been sent; rejects when the server refuses one. */
  static async connect(options: AudienceOptions): Promise<Audience> {
    const audience = new Audience(options);
    try {
      await audience.#connect(options);
    } catch (error) {
      audience.close();
      throw error;
    }
    return audience;
  }

  /** The next event that is published has this number; what comes from now on is checked from there. */
  expectFrom(first: number): void {
    this.#first = first;
    this.check.reset();
  }

  close(): void {
    for (const subscriber of this.#subscribers) subscriber.close();
    this.#subscribers.length = 0;
  }

  async #connect(options: AudienceOptions): Promise<void> {
    const { size, streams, port, path, query } = options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const started = performance.now();
    let subscribed = 0;
    const events = {
      subscribed: () => {
        subscribed += 1;
        if (subscribed === size) resolve();
        else open();
      },
      delivered: (connection: number, number: number) => this.#delivered(connection, number),
      lost: (connection: number, reason: string) => {
        this.lost += 1;
        if (this.reasons.length < 3) this.reasons.push(`connection ${connection}: ${reason}`);
        reject(new Error(`connection ${connection} of ${size}: ${reason}`));
      },
    };
    const open = (): void => {
      const connection = this.#subscribers.length;
      if (connection === size) return;
      const subscribe = {
        id: 'a',
        type: 'subscribe',
        payload: { query: query(connection, connection % streams) },
      };
      this.#subscribers.push(new Subscriber({ connection, port, path, subscribe: JSON.stringify(subscribe) }, events));
    };
    for (let opened = 0; opened < WINDOW; opened += 1) open();
    const deadline = setTimeout(
      () => reject(new Error(`only ${subscribed} of ${size} connections were there after ${CONNECT_DEADLINE_MS} ms`)),
      CONNECT_DEADLINE_MS,
    );
    await promise.finally(() => clearTimeout(deadline));
    this.connectSeconds = (performance.now() - started) / 1000;
  }

  #delivered(connection: number, number: number): void {
    const since = number - this.#first;
    // Of an earlier run.
    if (since < 0) return;
    this.check.record(connection, this.streams === 1 ? since : Math.floor(since / this.streams));
    this.onDelivery(connection, number);
  }
}
