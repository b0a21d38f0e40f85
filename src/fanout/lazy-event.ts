import type { BrokerRecord } from '../broker/record.ts';
import type { TopicMetrics } from '../metrics/topic-metrics.ts';
import type { Topic } from '../routing/topic.ts';
import { decodeRecord } from './decode.ts';
import type { Event } from './event.ts';

/** The event of one record: decoded when somebody first reads it, and once; never, if nobody does. */
export class LazyEvent {
  readonly #topic: Topic;
  readonly #metrics: TopicMetrics;
  /** Until it is decoded. */
  #record: BrokerRecord | undefined;
  #event: Event | undefined;

  /** The record is no tombstone. */
  constructor(topic: Topic, record: BrokerRecord, metrics: TopicMetrics) {
    this.#topic = topic;
    this.#record = record;
    this.#metrics = metrics;
  }

  get(): Event {
    if (this.#event !== undefined) return this.#event;
    const record = this.#record;
    const event = record === undefined ? undefined : decodeRecord(this.#topic, record);
    if (event === undefined) throw new Error('A tombstone has no event.');
    this.#record = undefined;
    this.#event = event;
    this.#metrics.decoded += 1;
    if (event.type === 'invalid') this.#metrics.invalidEvents += 1;
    return event;
  }

  /**
   * To be called if it outlives the record's delivery. The value is a view of what the broker sent in one piece, which may be a
   * thousand times its size: it is copied.
   */
  keep(): void {
    const record = this.#record;
    if (record?.value != null) this.#record = { ...record, value: Buffer.from(record.value) };
  }
}
