import type { Gap, Progress } from '../../fanout/subscriber-sink.ts';
import type { Clock } from '../../time/clock.ts';
import type { Reservations } from './reservations.ts';
import { progressEntry, progressMessages } from './server-message.ts';
import type { WebSocketSubscription } from './subscription.ts';

/** What the reports need from their connection. */
export interface ProgressHost {
  readonly writable: boolean;
  send(messages: readonly string[]): void;
  /** A bug: the connection cannot go on. */
  failed(error: unknown): void;
}

/**
 * Tells a client that asked for it where its subscriptions stand although no result says so, in the payload of pings (P100).
 * One per connection, with one timer. Nothing is said while the peer takes no more: it is held back, and of several losses the
 * earliest is kept.
 */
export class ProgressReports {
  readonly #host: ProgressHost;
  readonly #reservations: Reservations;
  readonly #clock: Clock;
  readonly #keepAliveMs: number;
  /** To be told when the peer takes more again. At most one entry for each subscription. */
  readonly #held = new Map<WebSocketSubscription, Gap | undefined>();
  #cancelTimer: () => void;

  constructor(host: ProgressHost, reservations: Reservations, clock: Clock, keepAliveMs: number) {
    this.#host = host;
    this.#reservations = reservations;
    this.#clock = clock;
    this.#keepAliveMs = keepAliveMs;
    this.#cancelTimer = this.#schedule();
  }

  /** The subscription is attached, or lost something: told at once, or as soon as the peer takes more. */
  tell(subscription: WebSocketSubscription, { cursor, gap }: Progress): void {
    if (cursor === undefined && gap === undefined) return;
    if (!this.#host.writable) {
      this.#held.set(subscription, earlier(this.#held.get(subscription), gap));
      return;
    }
    if (cursor !== undefined) subscription.toldCursor = cursor;
    this.#host.send(progressMessages([progressEntry(subscription.encodedId, cursor, gap)]));
  }

  /** The peer takes more again. */
  resume(): void {
    const entries: string[] = [];
    for (const [subscription, gap] of this.#held) entries.push(...this.#entry(subscription, gap));
    this.#held.clear();
    this.#send(entries);
  }

  /** The subscription is over. */
  forget(subscription: WebSocketSubscription): void {
    this.#held.delete(subscription);
  }

  /** Idempotent. */
  close(): void {
    this.#cancelTimer();
    this.#held.clear();
  }

  #schedule(): () => void {
    return this.#clock.after(this.#keepAliveMs, () => {
      // Set again first: what follows may close the connection.
      this.#cancelTimer = this.#schedule();
      try {
        this.#keepAlive();
      } catch (error) {
        this.#host.failed(error);
      }
    });
  }

  #keepAlive(): void {
    if (!this.#host.writable) return;
    this.#send(this.#reservations.subscriptions().flatMap((subscription) => this.#entry(subscription, undefined)));
  }

  #send(entries: readonly string[]): void {
    if (entries.length > 0) this.#host.send(progressMessages(entries));
  }

  /** Empty when the client knows it all. What results have told it is not known here: at most it is told once more. */
  #entry(subscription: WebSocketSubscription, gap: Gap | undefined): string[] {
    const cursor = subscription.cursor();
    if (gap === undefined && (cursor === undefined || cursor === subscription.toldCursor)) return [];
    if (cursor !== undefined) subscription.toldCursor = cursor;
    return [progressEntry(subscription.encodedId, cursor, gap)];
  }
}

/** Of several losses the earliest counts. */
function earlier(a: Gap | undefined, b: Gap | undefined): Gap | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Date.parse(b.since) < Date.parse(a.since) ? b : a;
}
