import type { TailGap } from '../broker/port.ts';
import type { WireError } from '../error/operation-error.ts';
import type { TopicMetrics } from '../metrics/topic-metrics.ts';
import type { Clock } from '../time/clock.ts';
import type { Event } from './event.ts';
import { encodePayload, invalidEventResult } from './payload.ts';
import type { CompiledSelection, SubscriptionPlan } from './plan.ts';
import type { ProjectedEvent } from './projection.ts';
import type { PayloadBatch, SubscriberSink } from './subscriber-sink.ts';

/** One subscription in its group. */
export interface Subscriber {
  readonly sink: SubscriberSink;
  /** The group's payload count when it joined: earlier payloads are not for it. */
  readonly joinedAt: number;
}

/** How many subscribers are served between two looks at the clock. */
const SUBSCRIBERS_PER_CLOCK_READ = 64;

/**
 * The subscribers that get the same bytes: same stream, instance and share key. One filter and one projection per event;
 * the payloads wait here until the flush hands them to every subscriber as one batch.
 */
export class Group {
  readonly #responseKey: string;
  readonly #selection: CompiledSelection;
  readonly #metrics: TopicMetrics;
  readonly #subscribers = new Set<Subscriber>();
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** Payloads ever appended. */
  #appended = 0;
  #gap: TailGap | undefined;
  #delivery: Delivery | undefined;

  constructor(plan: SubscriptionPlan, metrics: TopicMetrics) {
    this.#metrics = metrics;
    this.#responseKey = plan.responseKey;
    this.#selection = plan.compile();
  }

  /** Bytes waiting for the flush. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  get size(): number {
    return this.#subscribers.size;
  }

  join(sink: SubscriberSink): Subscriber {
    const subscriber: Subscriber = { sink, joinedAt: this.#appended };
    this.#subscribers.add(subscriber);
    return subscriber;
  }

  /** Nothing reaches the subscriber's sink after this returns. False when it had left before. */
  leave(subscriber: Subscriber): boolean {
    return this.#subscribers.delete(subscriber);
  }

  /** The next payload carries the gap (P92); of several, the earliest loss counts. */
  flag(gap: TailGap): void {
    if (this.#gap === undefined || gap.since < this.#gap.since) this.#gap = gap;
  }

  /** Filters and projects one event. True when a payload was appended, so that the group wants a flush. */
  offer(event: Event): boolean {
    let result: ProjectedEvent;
    switch (event.type) {
      case 'valid':
        if (this.#selection.filter !== undefined && !this.#selection.filter(event.value)) return false;
        result = this.#selection.projection(event.value);
        break;
      case 'invalid':
        result = invalidEventResult(this.#responseKey, event.reason);
        break;
      default:
        throw event satisfies never;
    }
    const gap = this.#gap;
    this.#gap = undefined;
    const payload = encodePayload(result, gap === undefined ? undefined : { gap: gapText(gap) });
    this.#pending.push(payload);
    this.#pendingBytes += payload.length;
    this.#appended += 1;
    return true;
  }

  /**
   * Hands what is pending to the subscribers until the clock passes `until` (monotonic milliseconds).
   * True when everything was handed over.
   */
  deliver(clock: Clock, until: number): boolean {
    let served = 0;
    for (;;) {
      this.#delivery ??= this.#takeBatch();
      const delivery = this.#delivery;
      if (delivery === undefined) return true;
      for (;;) {
        const next = delivery.remaining.next();
        if (next.done) break;
        this.#metrics.deliveries += deliverTo(next.value, delivery);
        served += 1;
        if (served % SUBSCRIBERS_PER_CLOCK_READ === 0 && clock.monotonic() > until) return false;
      }
      this.#delivery = undefined;
    }
  }

  /** Ends every subscription with errors. The group is empty afterwards. */
  fail(errors: readonly WireError[]): number {
    const ended = [...this.#subscribers];
    this.#subscribers.clear();
    for (const subscriber of ended) subscriber.sink.error(errors);
    return ended.length;
  }

  #takeBatch(): Delivery | undefined {
    if (this.#pending.length === 0) return undefined;
    const batch: PayloadBatch = { payloads: this.#pending, bytes: this.#pendingBytes, framings: new Map() };
    this.#pending = [];
    this.#pendingBytes = 0;
    return {
      batch,
      first: this.#appended - batch.payloads.length,
      end: this.#appended,
      // A Set's iterator allows subscribers to leave and join while it runs; those who join are told apart by `joinedAt`.
      remaining: this.#subscribers.values(),
    };
  }
}

/** A batch on its way, possibly over several time slices. */
interface Delivery {
  readonly batch: PayloadBatch;
  /** Payload count before its first payload. */
  readonly first: number;
  /** Payload count after its last one. */
  readonly end: number;
  readonly remaining: Iterator<Subscriber>;
}

function deliverTo(subscriber: Subscriber, delivery: Delivery): number {
  if (subscriber.joinedAt <= delivery.first) {
    subscriber.sink.next(delivery.batch);
    return delivery.batch.payloads.length;
  }
  if (subscriber.joinedAt >= delivery.end) return 0;
  return deliverRest(subscriber, delivery);
}

/** The rare subscriber that joined between two payloads of one batch. */
function deliverRest(subscriber: Subscriber, delivery: Delivery): number {
  const payloads = delivery.batch.payloads.slice(subscriber.joinedAt - delivery.first);
  const bytes = payloads.reduce((sum, payload) => sum + payload.length, 0);
  subscriber.sink.next({ payloads, bytes, framings: new Map() });
  return payloads.length;
}

function gapText(gap: TailGap): string {
  return JSON.stringify({ reason: gap.reason, since: new Date(gap.since).toISOString() });
}
