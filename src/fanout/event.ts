import type { Position } from '../broker/record.ts';
import type { JsonObject } from '../json/value.ts';
import type { Topic, TopicInstance } from '../routing/topic.ts';

/** A record that was decoded and placed. */
export interface ValidEvent {
  readonly type: 'valid';
  readonly topic: Topic;
  readonly instance: TopicInstance;
  /** The event, with the parameters that the record lacked filled in from its address. */
  readonly value: JsonObject;
  readonly position: Position | undefined;
  readonly timestamp: number;
  /** See `BrokerRecord`. */
  readonly traceparent?: string;
}

/** A record that cannot be read (P97): not JSON, not an object, or at odds with its address. Goes to the instance it can be placed in, else to all. */
export interface InvalidEvent {
  readonly type: 'invalid';
  readonly topic: Topic;
  readonly instance: TopicInstance | undefined;
  /** For the subscriber, in words. */
  readonly reason: string;
  readonly position: Position | undefined;
  readonly timestamp: number;
}

export type Event = ValidEvent | InvalidEvent;
