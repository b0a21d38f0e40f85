import { type Bindings, brokerOf } from '../broker/bindings.ts';
import type { History } from '../broker/history.ts';
import type { Broker } from '../broker/port.ts';
import type { StreamId } from '../broker/stream.ts';
import { OperationError } from '../error/operation-error.ts';
import type { Logger } from '../log/logger.ts';
import { maskedError } from '../log/masked-error.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { Clock } from '../time/clock.ts';
import { cappedHistory } from './capped-history.ts';
import { Flush, type TurnScheduler } from './flush.ts';
import { LiveStream, type StreamOwner } from './live-stream.ts';
import { busiestStreams, openTopics } from './open-streams.ts';
import type { ReloadJudge, SubscriptionPlan } from './plan.ts';
import { ReaderSlots } from './reader-slots.ts';
import { ReplayCache } from './replay-cache.ts';
import { RingBudget } from './ring.ts';
import type { BusyStream, OpenTopic } from './stream-reading.ts';
import type { Attachment, SubscriberSink } from './subscriber-sink.ts';

export interface HubOptions {
  readonly bindings: Bindings;
  readonly metrics: GatewayMetrics;
  readonly clock: Clock;
  readonly nextTurn: TurnScheduler;
  readonly log: Logger;
  /** Default 64 MiB. */
  readonly ringBytes?: number;
  /** Reads of history at the same moment. Default 8. */
  readonly replayReaders?: number;
}

/**
 * Owns the live streams of the process: one tail per broker stream, from its first subscriber to its last, however many
 * subscriptions share it. Attach and detach are synchronous.
 */
export class Hub {
  readonly #bindings: Bindings;
  readonly #metrics: GatewayMetrics;
  readonly #clock: Clock;
  readonly #ringBudget: RingBudget;
  readonly #slots: ReaderSlots;
  readonly #streamOwner: StreamOwner;
  readonly #streams = new Map<Broker, Map<StreamId, LiveStream>>();

  constructor(options: HubOptions) {
    this.#bindings = options.bindings;
    this.#metrics = options.metrics;
    this.#clock = options.clock;
    this.#ringBudget = new RingBudget(options.ringBytes);
    this.#slots = new ReaderSlots(options.replayReaders);
    this.#metrics.replay = {
      readers: () => this.#slots.taken,
      waiting: () => this.#slots.waiting,
      ringBytes: () => this.#ringBudget.bytes,
      lagSeconds: () => this.#replayLagSeconds(),
    };
    this.#metrics.openTopics = () => this.openTopics();
    this.#streamOwner = {
      flush: new Flush(options.clock, options.nextTurn, (durationMs) => this.#metrics.flush.observe(durationMs / 1000)),
      clock: options.clock,
      nextTurn: options.nextTurn,
      ringBudget: this.#ringBudget,
      slots: this.#slots,
      replayCache: new ReplayCache(),
      countExpired: (reason) => this.#metrics.countExpired(reason),
      mask: (error) => maskedError(error, options.log),
      released: (ended) => {
        const streams = this.#streams.get(ended.broker);
        if (streams?.get(ended.stream.id) === ended) streams.delete(ended.stream.id);
      },
    };
  }

  /** Streams with at least one subscriber. */
  get streamCount(): number {
    let count = 0;
    for (const streams of this.#streams.values()) count += streams.size;
    return count;
  }

  /** The open streams with most records a second, at most `limit`. */
  busiest(limit: number): readonly BusyStream[] {
    return busiestStreams(this.#open(), this.#clock.monotonic(), limit);
  }

  /** What is open, by topic. */
  openTopics(): readonly OpenTopic[] {
    return openTopics(this.#open());
  }

  /**
   * Adds a subscriber, at the place that its plan says. The sink is not called before this has returned, nor after the attachment's
   * `end` has.
   */
  attach(plan: SubscriptionPlan, sink: SubscriberSink): Attachment {
    return this.#liveStream(plan).attach(plan, sink);
  }

  /** A broker's history for those who read a page and are done: their reads take places among the replay readers. */
  history(broker: Broker): History | undefined {
    return broker.history === undefined ? undefined : cappedHistory(broker.history, this.#slots);
  }

  /** The schema has changed: ends those subscriptions for which `judge` has an error. The others see nothing of it. */
  failWhere(judge: ReloadJudge): void {
    for (const streams of this.#streams.values()) for (const stream of [...streams.values()]) stream.failWhere(judge);
  }

  /** Ends every subscription with an error: the process stops, or its schema went away. */
  close(): void {
    const error = new OperationError('BROKER_UNAVAILABLE', 'The gateway is closing.');
    for (const streams of this.#streams.values()) {
      for (const stream of [...streams.values()]) stream.fail(error);
    }
  }

  *#open(): Iterable<LiveStream> {
    for (const streams of this.#streams.values()) yield* streams.values();
  }

  /** How far behind now the oldest event is at which a reader stands. */
  #replayLagSeconds(): number {
    let oldest = this.#clock.now();
    for (const streams of this.#streams.values()) {
      for (const stream of streams.values()) oldest = Math.min(oldest, stream.oldestReadTimestamp() ?? oldest);
    }
    return (this.#clock.now() - oldest) / 1000;
  }

  #liveStream(plan: SubscriptionPlan): LiveStream {
    const broker = brokerOf(this.#bindings, plan.topic);
    let streams = this.#streams.get(broker);
    if (streams === undefined) {
      streams = new Map();
      this.#streams.set(broker, streams);
    }
    const stream = broker.stream(plan.topic, plan.instance);
    let live = streams.get(stream.id);
    if (live === undefined) {
      const metrics = this.#metrics.topic(plan.topic.name, plan.topic.policy.delivery);
      live = new LiveStream(broker, stream, metrics, this.#streamOwner);
      streams.set(stream.id, live);
    }
    return live;
  }
}
