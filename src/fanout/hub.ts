import { type Bindings, brokerOf } from '../broker/bindings.ts';
import type { Broker, StreamId } from '../broker/port.ts';
import { OperationError } from '../error/operation-error.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { Clock } from '../time/clock.ts';
import { Flush, type TurnScheduler } from './flush.ts';
import { LiveStream } from './live-stream.ts';
import type { SubscriptionPlan } from './plan.ts';
import type { SubscriberSink } from './subscriber-sink.ts';

export interface HubOptions {
  readonly bindings: Bindings;
  readonly metrics: GatewayMetrics;
  readonly clock: Clock;
  readonly nextTurn: TurnScheduler;
}

/**
 * Owns the live streams of the process: one tail per broker stream, from its first subscriber to its last, however many
 * subscriptions share it. Attach and detach are synchronous.
 */
export class Hub {
  readonly #bindings: Bindings;
  readonly #metrics: GatewayMetrics;
  readonly #flush: Flush;
  readonly #streams = new Map<Broker, Map<StreamId, LiveStream>>();

  constructor(options: HubOptions) {
    this.#bindings = options.bindings;
    this.#metrics = options.metrics;
    this.#flush = new Flush(options.clock, options.nextTurn, (durationMs) =>
      this.#metrics.fanoutDuration.observe(durationMs / 1000),
    );
  }

  /** Streams with at least one subscriber. */
  get streamCount(): number {
    let count = 0;
    for (const streams of this.#streams.values()) count += streams.size;
    return count;
  }

  /**
   * Adds a subscriber. The returned function removes it: idempotent, and the sink hears nothing after it returns.
   * The sink is not called before this has returned.
   */
  attach(plan: SubscriptionPlan, sink: SubscriberSink): () => void {
    return this.#liveStream(plan).attach(plan, sink);
  }

  /** Ends every subscription with an error: the process stops, or its schema went away. */
  close(): void {
    const error = new OperationError('BROKER_UNAVAILABLE', 'The gateway is closing.');
    for (const streams of this.#streams.values()) {
      for (const stream of [...streams.values()]) stream.fail(error);
    }
  }

  #liveStream(plan: SubscriptionPlan): LiveStream {
    const broker = brokerOf(this.#bindings, plan.topic);
    let streams = this.#streams.get(broker);
    if (streams === undefined) {
      streams = new Map();
      this.#streams.set(broker, streams);
    }
    const held = streams;
    const stream = broker.stream(plan.topic, plan.instance);
    let live = held.get(stream.id);
    if (live === undefined) {
      live = new LiveStream(broker, stream, {
        flush: this.#flush,
        metrics: this.#metrics.topic(plan.topic.name, plan.topic.policy.delivery),
        released: (ended) => {
          if (held.get(stream.id) === ended) held.delete(stream.id);
        },
      });
      held.set(stream.id, live);
    }
    return live;
  }
}
