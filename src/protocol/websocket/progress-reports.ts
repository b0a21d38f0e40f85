import type { Gap, Progress } from '../../fanout/subscriber-sink.ts';
import type { Timeouts } from '../../time/timeouts.ts';
import type { Reservations } from './reservations.ts';
import { progressEntry, progressMessages } from './server-message.ts';
import type { WebSocketSubscription } from './subscription.ts';

/** Something to look after every `keepAliveMs`. */
export interface KeptAlive {
  keepAlive(): void;
}

/** What the reports need from their connection. */
export interface ProgressHost {
  readonly writable: boolean;
  send(messages: readonly string[]): void;
  /** A bug: the connection cannot go on. */
  failed(error: unknown): void;
}

/**
 * Tells a client that asked for it where its subscriptions stand although no result says so, in the payload of pings (P100).
 * One per connection. Nothing is said while the peer takes no more: it is held back, and of several losses the
 * earliest is kept.
 */
export class ProgressReports implements KeptAlive {
  readonly #host: ProgressHost;
  readonly #reservations: Reservations;
  readonly #keepAlives: Timeouts<KeptAlive>;
  /** To be told when the peer takes more again. At most one entry for each subscription; made when there is one. */
  #held: Map<WebSocketSubscription, Gap | undefined> | undefined;

  constructor(host: ProgressHost, reservations: Reservations, keepAlives: Timeouts<KeptAlive>) {
    this.#host = host;
    this.#reservations = reservations;
    this.#keepAlives = keepAlives;
    keepAlives.add(this);
  }

  /** The subscription is attached, or lost something: told at once, or as soon as the peer takes more. */
  tell(subscription: WebSocketSubscription, { cursor, gap }: Progress): void {
    if (cursor === undefined && gap === undefined) return;
    if (!this.#host.writable) {
      this.#held ??= new Map();
      this.#held.set(subscription, earlier(this.#held.get(subscription), gap));
      return;
    }
    if (cursor !== undefined) subscription.toldCursor = cursor;
    this.#host.send(progressMessages([progressEntry(subscription, cursor, gap)]));
  }

  /** The peer takes more again. */
  resume(): void {
    if (this.#held === undefined) return;
    const entries: string[] = [];
    for (const [subscription, gap] of this.#held) entries.push(...this.#entry(subscription, gap));
    this.#held = undefined;
    this.#send(entries);
  }

  /** The subscription is over. */
  forget(subscription: WebSocketSubscription): void {
    this.#held?.delete(subscription);
  }

  /** Idempotent. */
  close(): void {
    this.#keepAlives.delete(this);
    this.#held = undefined;
  }

  /** To be called every `keepAliveMs`: tells what no result has told meanwhile. Never throws. */
  keepAlive(): void {
    // Set again first: what follows may close the connection.
    this.#keepAlives.add(this);
    if (!this.#host.writable) return;
    try {
      this.#send(this.#reservations.subscriptions().flatMap((subscription) => this.#entry(subscription, undefined)));
    } catch (error) {
      this.#host.failed(error);
    }
  }

  #send(entries: readonly string[]): void {
    if (entries.length > 0) this.#host.send(progressMessages(entries));
  }

  /** Empty when the client knows it all. What results have told it is not known here: at most it is told once more. */
  #entry(subscription: WebSocketSubscription, gap: Gap | undefined): string[] {
    const cursor = subscription.cursor();
    if (gap === undefined && (cursor === undefined || cursor === subscription.toldCursor)) return [];
    if (cursor !== undefined) subscription.toldCursor = cursor;
    return [progressEntry(subscription, cursor, gap)];
  }
}

/** Of several losses the earliest counts. */
function earlier(a: Gap | undefined, b: Gap | undefined): Gap | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Date.parse(b.since) < Date.parse(a.since) ? b : a;
}
