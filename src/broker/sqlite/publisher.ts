import type { TopicName } from '../../routing/topic.ts';
import type { BrokerEnvironment } from '../environment.ts';
import type { PublishOutcome } from '../outcome.ts';
import type { PublishRequest } from '../port.ts';
import type { LiveLog } from './live-log.ts';
import type { NewEvent } from './messages.ts';
import { PublishQueue } from './publish-queue.ts';

const CLOSED: PublishOutcome = { type: 'unavailable', reason: 'The embedded log is closed.' };
const AWAY: PublishOutcome = { type: 'unavailable', reason: 'The embedded log is not open.' };

/** Publishes on their way through the worker: collected into batches, and answered once they were handed to the tails. */
export class Publisher {
  readonly #environment: BrokerEnvironment;
  readonly #topics: ReadonlySet<TopicName>;
  readonly #queue: PublishQueue;
  readonly #live: LiveLog;
  readonly #append: (events: readonly NewEvent[]) => void;
  #ready = false;
  #closing = false;
  #flushScheduled = false;

  /** `append` sends one batch to the worker; the next one follows when `appended` or `refused` told its fate. */
  constructor(
    environment: BrokerEnvironment,
    maxWaitingBytes: number,
    live: LiveLog,
    append: (events: readonly NewEvent[]) => void,
  ) {
    this.#environment = environment;
    this.#topics = new Set(environment.topics.map(({ name }) => name));
    this.#queue = new PublishQueue(environment.clock, maxWaitingBytes);
    this.#live = live;
    this.#append = append;
  }

  publish(request: PublishRequest): Promise<PublishOutcome> {
    if (this.#closing) return Promise.resolve(CLOSED);
    if (!this.#ready) return Promise.resolve(AWAY);
    const topic = request.topic.name;
    if (!this.#topics.has(topic)) {
      return Promise.resolve({ type: 'rejected', reason: `The topic ${topic} is not routed to the embedded log.` });
    }
    const { instance, key, value, attributes } = request;
    const outcome = this.#queue.offer({
      topic,
      instance,
      key,
      value,
      timestamp: this.#environment.clock.now(),
      attributes: attributes.size === 0 ? undefined : JSON.stringify(Object.fromEntries(attributes)),
    });
    this.#scheduleFlush();
    return outcome;
  }

  /** A worker is there. */
  opened(): void {
    this.#ready = true;
  }

  /** The batch is committed; `first` is its first sequence. */
  appended(first: number): void {
    this.#queue.settle(({ event, valueBytes }, index) => {
      const sequence = first + index;
      this.#environment.onBytes('out', valueBytes);
      this.#live.hand(event, sequence);
      const position = this.#live.position(event.topic, sequence);
      return { type: 'acknowledged', publishedAt: event.timestamp, position };
    });
    this.#flush();
  }

  /** Nothing of the batch was stored. */
  refused(reason: string): void {
    this.#queue.settle(() => ({ type: 'unavailable', reason: `The embedded log refused: ${reason}.` }));
    this.#flush();
  }

  /** The worker is gone: nobody knows what became of the batch. */
  gone(reason: string): void {
    this.#ready = false;
    this.#queue.settle(() => ({ type: 'indeterminate', reason: `The embedded log broke off a commit: ${reason}.` }));
    this.#queue.failWaiting(AWAY);
  }

  /** Takes nothing more; calls back when all that was taken is answered. */
  finish(idle: () => void): void {
    this.#closing = true;
    this.#queue.whenIdle(idle);
  }

  /** Answers what is not on its way to the worker. */
  giveUpWaiting(): void {
    this.#queue.failWaiting(CLOSED);
  }

  /** The worker has ended: answers everything. */
  closed(): void {
    this.#ready = false;
    this.#queue.failWaiting(CLOSED);
    this.#queue.settle(() => ({ type: 'indeterminate', reason: 'The embedded log was closed during the commit.' }));
  }

  /** In a microtask, so that publishes called in one turn are one batch. */
  #scheduleFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    queueMicrotask(() => {
      this.#flushScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (!this.#ready) return;
    const batch = this.#queue.next();
    if (batch !== undefined) this.#append(batch.map(({ event }) => event));
  }
}
