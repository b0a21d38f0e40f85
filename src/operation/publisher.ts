import { randomUUID } from 'node:crypto';
import { type Bindings, brokerOf } from '../broker/bindings.ts';
import type { PublishOutcome } from '../broker/outcome.ts';
import { OperationError } from '../error/operation-error.ts';
import { stringifyJson } from '../json/text.ts';
import type { JsonObject } from '../json/value.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import { placeEvent } from '../routing/event-address.ts';
import { recordKey } from '../routing/record-key.ts';
import type { Topic, TopicInstance } from '../routing/topic.ts';
import type { TopicApi } from '../schema/gateway-schema.ts';
import type { Clock } from '../time/clock.ts';
import type { OperationLimits } from './limits.ts';
import { type PublishReceipt, receiptOf } from './receipt.ts';

export interface PublisherOptions {
  readonly bindings: Bindings;
  readonly limits: OperationLimits;
  readonly metrics: GatewayMetrics;
  readonly clock: Clock;
}

/** CloudEvents `source` of every event that is published through Sluice. */
const EVENT_SOURCE = 'sluice';

/** Takes coerced events to the broker of their topic and its answer back. */
export class Publisher {
  readonly #bindings: Bindings;
  readonly #limits: OperationLimits;
  readonly #metrics: GatewayMetrics;
  readonly #clock: Clock;

  constructor({ bindings, limits, metrics, clock }: PublisherOptions) {
    this.#bindings = bindings;
    this.#limits = limits;
    this.#metrics = metrics;
    this.#clock = clock;
  }

  /**
   * Publishes one coerced input. Resolves with a receipt once the broker gave the acknowledgement that the delivery asks for (P99).
   * Rejects with OperationError: PUBLISH_REJECTED or BROKER_UNAVAILABLE when it is surely not stored (P95), PUBLISH_INDETERMINATE
   * when nobody can tell (P94). Calls that are not awaited reach the broker in the order of the calls.
   */
  async publish(api: TopicApi, input: Readonly<Record<string, unknown>>): Promise<PublishReceipt> {
    const { topic, eventFromInput } = api;
    if (eventFromInput === undefined) throw new Error(`${topic.name} has no mutation.`);
    const counts = this.#metrics.topic(topic.name, topic.policy.delivery);
    const started = this.#clock.monotonic();
    const event = eventFromInput(input);
    const placed = placeEvent(topic, event, {});
    if (placed.type === 'invalid') {
      counts.countPublish('rejected');
      throw new OperationError('PUBLISH_REJECTED', placed.reason);
    }
    const { instance } = placed;
    const outcome = await this.#write(topic, instance, event);
    counts.countPublish(outcome.type);
    this.#metrics.publishDuration.observe(
      { delivery: topic.policy.delivery },
      (this.#clock.monotonic() - started) / 1000,
    );
    switch (outcome.type) {
      case 'acknowledged':
        return receiptOf(topic, instance, outcome.publishedAt, outcome.position);
      case 'rejected':
        throw new OperationError('PUBLISH_REJECTED', outcome.reason);
      case 'unavailable':
        throw new OperationError('BROKER_UNAVAILABLE', outcome.reason);
      case 'indeterminate':
        throw new OperationError('PUBLISH_INDETERMINATE', outcome.reason);
      default:
        throw outcome satisfies never;
    }
  }

  #write(topic: Topic, instance: TopicInstance, event: JsonObject): PublishOutcome | Promise<PublishOutcome> {
    const value = stringifyJson(event);
    const bytes = Buffer.byteLength(value);
    const { maxEventBytes } = this.#limits;
    if (bytes > maxEventBytes) {
      return {
        type: 'rejected',
        reason: `The event has ${bytes} bytes as JSON; at most ${maxEventBytes} are allowed.`,
      };
    }
    return brokerOf(this.#bindings, topic).publish({
      topic,
      instance,
      key: recordKey(topic, event),
      value,
      attributes: this.#attributes(topic),
    });
  }

  #attributes(topic: Topic): ReadonlyMap<string, string> {
    return new Map([
      ['specversion', '1.0'],
      ['id', randomUUID()],
      ['source', EVENT_SOURCE],
      ['type', topic.typeName],
      ['time', new Date(this.#clock.now()).toISOString()],
    ]);
  }
}
