import type { Clock } from '../../time/clock.ts';
import type { PublishOutcome } from '../outcome.ts';
import { PUBLISH_DEADLINE_MS } from './config.ts';
import type { NewEvent } from './messages.ts';

/** One batch is at most so many events and, unless a single value is larger, so many bytes: bounds the time of one commit. */
const BATCH_EVENTS = 1_000;
const BATCH_BYTES = 4 * 1024 * 1024;

/** Counted for an event beside its value: key, instance, attributes and the entry itself. */
const BYTES_PER_EVENT = 512;

export interface PendingPublish {
  readonly event: NewEvent;
  /** Of the value, in UTF-8. */
  readonly valueBytes: number;
  /** On the monotonic clock. */
  readonly deadline: number;
  /** Undefined once it is answered. */
  answer: ((outcome: PublishOutcome) => void) | undefined;
}

/**
 * Publishes on their way to the log: one batch is being committed, the next one fills meanwhile, in call order.
 * Bounded in bytes (`SqliteConfig.maxWaitingBytes`, policy: answer `unavailable`); at its deadline what was not sent is
 * `unavailable`, what is being committed `indeterminate`. Its bytes count until the worker has answered.
 */
export class PublishQueue {
  readonly #clock: Clock;
  readonly #maxBytes: number;
  #waiting: PendingPublish[] = [];
  #inFlight: PendingPublish[] = [];
  #bytes = 0;
  #cancelTimer: (() => void) | undefined;
  #onIdle: (() => void) | undefined;

  constructor(clock: Clock, maxBytes: number) {
    this.#clock = clock;
    this.#maxBytes = maxBytes;
  }

  get inFlight(): readonly PendingPublish[] {
    return this.#inFlight;
  }

  /** Takes an event in, or answers at once why not. */
  offer(event: NewEvent): Promise<PublishOutcome> {
    const valueBytes = Buffer.byteLength(event.value);
    if (valueBytes > this.#maxBytes) {
      const reason = `The value has ${valueBytes} bytes; the embedded log takes at most ${this.#maxBytes}.`;
      return Promise.resolve({ type: 'rejected', reason });
    }
    // One event always fits an empty queue, whatever its size.
    if (this.#bytes > 0 && this.#bytes + valueBytes + BYTES_PER_EVENT > this.#maxBytes) {
      return Promise.resolve({
        type: 'unavailable',
        reason: `${this.#bytes} bytes wait for the embedded log already; the disk does not keep up.`,
      });
    }
    const { promise, resolve } = Promise.withResolvers<PublishOutcome>();
    const deadline = this.#clock.monotonic() + PUBLISH_DEADLINE_MS;
    this.#bytes += valueBytes + BYTES_PER_EVENT;
    this.#waiting.push({ event, valueBytes, deadline, answer: resolve });
    this.#arm();
    return promise;
  }

  /** The next batch to send, now in flight; undefined while one is, or when nothing waits. */
  next(): readonly PendingPublish[] | undefined {
    if (this.#inFlight.length > 0 || this.#waiting.length === 0) return undefined;
    let count = 0;
    let bytes = 0;
    for (const { valueBytes } of this.#waiting) {
      if (count === BATCH_EVENTS || (count > 0 && bytes + valueBytes > BATCH_BYTES)) break;
      count++;
      bytes += valueBytes;
    }
    this.#inFlight = this.#waiting.splice(0, count);
    return this.#inFlight;
  }

  /** The worker's word on the batch in flight. Called with each of its publishes in order, answered or not. */
  settle(outcomeOf: (pending: PendingPublish, index: number) => PublishOutcome): void {
    const batch = this.#inFlight;
    this.#inFlight = [];
    for (const [index, pending] of batch.entries()) {
      this.#release(pending);
      const outcome = outcomeOf(pending, index);
      pending.answer?.(outcome);
      pending.answer = undefined;
    }
    this.#idle();
  }

  /** Answers all that was not sent. */
  failWaiting(outcome: PublishOutcome): void {
    for (const pending of this.#waiting.splice(0)) {
      this.#release(pending);
      pending.answer?.(outcome);
      pending.answer = undefined;
    }
    this.#idle();
  }

  /** Calls back once when nothing waits and nothing is in flight; at once when that is so now. */
  whenIdle(callback: () => void): void {
    this.#onIdle = callback;
    this.#idle();
  }

  #idle(): void {
    if (this.#waiting.length > 0 || this.#inFlight.length > 0) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const callback = this.#onIdle;
    this.#onIdle = undefined;
    callback?.();
  }

  #release(pending: PendingPublish): void {
    this.#bytes -= pending.valueBytes + BYTES_PER_EVENT;
  }

  /** One timer for all: deadlines are in call order, so the oldest unanswered is the first. */
  #arm(): void {
    if (this.#cancelTimer !== undefined) return;
    const oldest = this.#inFlight.find(({ answer }) => answer !== undefined) ?? this.#waiting[0];
    if (oldest === undefined) return;
    const delay = Math.max(0, oldest.deadline - this.#clock.monotonic());
    this.#cancelTimer = this.#clock.after(delay, () => {
      this.#cancelTimer = undefined;
      this.#expire();
      this.#arm();
    });
  }

  #expire(): void {
    const now = this.#clock.monotonic();
    for (const pending of this.#inFlight) {
      if (pending.deadline > now) break;
      pending.answer?.({ type: 'indeterminate', reason: 'The embedded log did not answer the commit in time.' });
      pending.answer = undefined;
    }
    const kept = this.#waiting.findIndex(({ deadline }) => deadline > now);
    for (const pending of this.#waiting.splice(0, kept === -1 ? this.#waiting.length : kept)) {
      this.#release(pending);
      pending.answer?.({ type: 'unavailable', reason: 'The embedded log did not get to the event in time.' });
      pending.answer = undefined;
    }
    this.#idle();
  }
}
