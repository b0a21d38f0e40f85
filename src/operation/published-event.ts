import { randomUUID } from 'node:crypto';
import type { PublishRequest } from '../broker/port.ts';
import type { Topic, TopicInstance } from '../routing/topic.ts';
import type { TraceContext } from '../tracing/trace-context.ts';

/** CloudEvents `source` of every event that is published through Sluice. */
const EVENT_SOURCE = 'sluice';

/** One event on its way to its broker. The attributes are made when they are asked for: Pub/Sub and the memory carry none. */
export class PublishedEvent implements PublishRequest {
  readonly topic: Topic;
  readonly instance: TopicInstance;
  readonly key: string | undefined;
  readonly value: string;
  readonly #time: number;
  readonly #trace: TraceContext | undefined;

  /** `time`: milliseconds since the epoch. */
  constructor(
    topic: Topic,
    instance: TopicInstance,
    key: string | undefined,
    value: string,
    time: number,
    trace?: TraceContext,
  ) {
    this.topic = topic;
    this.instance = instance;
    this.key = key;
    this.value = value;
    this.#time = time;
    this.#trace = trace;
  }

  get attributes(): ReadonlyMap<string, string> {
    const attributes = new Map([
      ['specversion', '1.0'],
      ['id', randomUUID()],
      ['source', EVENT_SOURCE],
      ['type', this.topic.typeName],
      ['time', isoTime(this.#time)],
    ]);
    // CloudEvents, Distributed Tracing extension.
    if (this.#trace !== undefined) {
      attributes.set('traceparent', this.#trace.traceparent);
      if (this.#trace.tracestate !== undefined) attributes.set('tracestate', this.#trace.tracestate);
    }
    return attributes;
  }
}

let knownSecond = 0;
let secondText = '';

/** As `Date.toISOString`, whose text is kept for the second that it was last made for. */
export function isoTime(time: number): string {
  const milliseconds = time % 1000;
  const second = time - milliseconds;
  if (second !== knownSecond || secondText === '') {
    secondText = new Date(second).toISOString().slice(0, -'000Z'.length);
    knownSecond = second;
  }
  if (!Number.isInteger(milliseconds) || milliseconds < 0) return new Date(time).toISOString();
  return `${secondText}${milliseconds < 10 ? '00' : milliseconds < 100 ? '0' : ''}${milliseconds}Z`;
}
