import { type Bindings, brokerOf } from '../broker/bindings.ts';
import type { PublishOutcome } from '../broker/outcome.ts';
import { BrokerFailure } from '../error/broker-failure.ts';
import { OperationError } from '../error/operation-error.ts';
import { stringifyJson } from '../json/text.ts';
import type { JsonObject } from '../json/value.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import { placeEvent } from '../routing/event-address.ts';
import { recordKey } from '../routing/record-key.ts';
import type { Topic, TopicInstance } from '../routing/topic.ts';
import type { TopicApi } from '../schema/gateway-schema.ts';
import type { Clock } from '../time/clock.ts';
import type { TraceContext } from '../tracing/trace-context.ts';
import type { Tracing } from '../tracing/tracing.ts';
import type { BrokerTroubles } from './broker-troubles.ts';
import type { OperationLimits } from './limits.ts';
import { PublishedEvent } from './published-event.ts';
import { type PublishReceipt, receiptOf } from './receipt.ts';

export interface PublisherOptions {
  readonly bindings: Bindings;
  readonly limits: OperationLimits;
  readonly metrics: GatewayMetrics;
  readonly clock: Clock;
  readonly troubles: BrokerTroubles;
  /** Undefined: nobody sees spans. */
  readonly tracing?: Tracing | undefined;
}

/** Takes coerced events to the broker of their topic and its answer back. */
export class Publisher {
  readonly #bindings: Bindings;
  readonly #limits: OperationLimits;
  readonly #metrics: GatewayMetrics;
  readonly #clock: Clock;
  readonly #troubles: BrokerTroubles;
  readonly #tracing: Tracing | undefined;

  constructor({ bindings, limits, metrics, clock, troubles, tracing }: PublisherOptions) {
    this.#tracing = tracing;
    this.#troubles = troubles;
    this.#bindings = bindings;
    this.#limits = limits;
    this.#metrics = metrics;
    this.#clock = clock;
  }

  /**
   * Publishes one coerced input. Resolves with a receipt once the broker gave the acknowledgement that the delivery asks for (P99).
   * Rejects with OperationError: PUBLISH_REJECTED or BROKER_UNAVAILABLE when it is surely not stored (P95), PUBLISH_INDETERMINATE
   * when nobody can tell (P94). What is written belongs to `trace`. Calls that are not awaited reach the broker in the order of the calls.
   */
  publish(api: TopicApi, input: Readonly<Record<string, unknown>>, trace?: TraceContext): Promise<PublishReceipt> {
    const { topic, eventFromInput } = api;
    if (eventFromInput === undefined) throw new Error(`${topic.name} has no mutation.`);
    const counts = this.#metrics.topic(topic.name, topic.policy.delivery);
    const started = this.#clock.monotonic();
    const event = eventFromInput(input);
    const placed = placeEvent(topic, event, NOWHERE);
    if (placed.type === 'invalid') {
      counts.countPublish('rejected');
      return Promise.reject(new OperationError('PUBLISH_REJECTED', placed.reason));
    }
    const { instance } = placed;
    const span = this.#tracing?.publish(
      { topic: topic.name, delivery: topic.policy.delivery, broker: brokerOf(this.#bindings, topic).name },
      trace,
    );
    return this.#write(topic, instance, event, span?.context ?? trace).then((outcome) => {
      span?.end(outcome.type === 'acknowledged' ? undefined : outcome.type);
      counts.countPublish(outcome.type);
      counts.latency.publish.observe((this.#clock.monotonic() - started) / 1000);
      return receiptOrError(topic, instance, outcome, this.#troubles);
    });
  }

  #write(
    topic: Topic,
    instance: TopicInstance,
    event: JsonObject,
    trace: TraceContext | undefined,
  ): Promise<PublishOutcome> {
    const value = stringifyJson(event);
    const bytes = Buffer.byteLength(value);
    const { maxEventBytes } = this.#limits;
    if (bytes > maxEventBytes) {
      const reason = `The event has ${bytes} bytes as JSON; at most ${maxEventBytes} are allowed.`;
      return Promise.resolve({ type: 'rejected', reason });
    }
    const key = recordKey(topic, event);
    const published = new PublishedEvent(topic, instance, key, value, this.#clock.now(), trace);
    return brokerOf(this.#bindings, topic).publish(published);
  }
}

/** An event that is to be published names its instance by itself. */
const NOWHERE = {};

function receiptOrError(
  topic: Topic,
  instance: TopicInstance,
  outcome: PublishOutcome,
  troubles: BrokerTroubles,
): PublishReceipt {
  switch (outcome.type) {
    case 'acknowledged':
      return receiptOf(topic, instance, outcome.publishedAt, outcome.position);
    case 'rejected':
      throw new OperationError('PUBLISH_REJECTED', outcome.reason);
    case 'unavailable':
      throw troubles.told(new BrokerFailure('publish unavailable', outcome.reason));
    case 'indeterminate':
      throw troubles.told(new BrokerFailure('publish indeterminate', outcome.reason));
    default:
      throw outcome satisfies never;
  }
}
