import { type Bindings, brokerOf } from '../../broker/bindings.ts';
import type { History } from '../../broker/history.ts';
import type { Broker } from '../../broker/port.ts';
import { BrokerFailure } from '../../error/broker-failure.ts';
import { cursorExpired } from '../../fanout/cursor-expired.ts';
import type { GatewayMetrics } from '../../metrics/gateway-metrics.ts';
import { CursorScope } from '../../routing/cursor.ts';
import type { TopicApi } from '../../schema/gateway-schema.ts';
import type { BrokerTroubles } from '../broker-troubles.ts';
import type { OperationLimits } from '../limits.ts';
import { instanceOfArguments } from '../topic-arguments.ts';
import { backwardPage } from './backward-page.ts';
import { locateBounds } from './bounds.ts';
import { forwardPage } from './forward-page.ts';
import type { HistoryPage } from './page.ts';
import { type HistoryRequest, historyRequest } from './request.ts';
import { HistoryExpired, type HistorySource } from './source.ts';

export interface HistoryQueriesOptions {
  readonly bindings: Bindings;
  /** A broker's history, as pages may read it. */
  readonly historyOf: (broker: Broker) => History | undefined;
  readonly limits: OperationLimits;
  readonly metrics: GatewayMetrics;
  readonly troubles: BrokerTroubles;
}

/** Reads of a page that named no place of its own, when retention overtakes them. */
const ATTEMPTS = 3;

/** Answers the history fields of queries from the brokers' logs. */
export class HistoryQueries {
  readonly #bindings: Bindings;
  readonly #historyOf: (broker: Broker) => History | undefined;
  readonly #limits: OperationLimits;
  readonly #metrics: GatewayMetrics;
  readonly #troubles: BrokerTroubles;

  constructor({ bindings, historyOf, limits, metrics, troubles }: HistoryQueriesOptions) {
    this.#troubles = troubles;
    this.#bindings = bindings;
    this.#historyOf = historyOf;
    this.#limits = limits;
    this.#metrics = metrics;
  }

  /**
   * One page of a topic's history, by the coerced arguments of its field. Rejects with OperationError: BAD_USER_INPUT, LIMIT_EXCEEDED,
   * CURSOR_EXPIRED (P93) or BROKER_UNAVAILABLE.
   */
  async page(api: TopicApi, values: Readonly<Record<string, unknown>>): Promise<HistoryPage> {
    const { topic, eventType } = api;
    const instance = instanceOfArguments(topic, values);
    const request = historyRequest(values, this.#limits);
    const broker = brokerOf(this.#bindings, topic);
    const history = this.#historyOf(broker);
    if (history === undefined) throw new Error(`The broker ${broker.name} keeps no history of ${topic.name}.`);
    const stream = broker.stream(topic, instance);
    const source: HistorySource = {
      history,
      stream,
      instance,
      eventType,
      scope: new CursorScope(topic.name, instance, stream.partition),
    };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#read(source, request);
      } catch (error) {
        if (error instanceof BrokerFailure) throw this.#troubles.told(error);
        if (!(error instanceof HistoryExpired)) throw error;
        // Without a cursor it is no place of the client's: retention passed the start between two reads.
        if (request.after === undefined && request.before === undefined && attempt < ATTEMPTS) continue;
        const { reason, oldest } = error.expired;
        this.#metrics.countExpired(reason);
        throw cursorExpired(reason, oldest === undefined ? undefined : source.scope.encode(oldest));
      }
    }
  }

  async #read(source: HistorySource, request: HistoryRequest): Promise<HistoryPage> {
    const bounds = await locateBounds(source, request);
    switch (request.direction) {
      case 'forward':
        return forwardPage(source, request, bounds, this.#limits);
      case 'backward':
        return backwardPage(source, request, bounds, this.#limits);
      default:
        throw request.direction satisfies never;
    }
  }
}
