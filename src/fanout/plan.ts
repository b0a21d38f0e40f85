import type { JsonObject } from '../json/value.ts';
import type { Topic, TopicInstance } from '../routing/topic.ts';
import type { Projection } from './projection.ts';

/** What a group runs for each event. */
export interface CompiledSelection {
  /** Undefined passes every event. */
  readonly filter: ((value: JsonObject) => boolean) | undefined;
  readonly projection: Projection;
}

/** Where a subscription begins (P91). Everything but `live` needs a topic that is kept. */
export type SubscriptionStart =
  /** With the first event after the subscription is attached. */
  | { readonly type: 'live' }
  /** Strictly after the place that a cursor says; the text is the client's and not checked yet. */
  | { readonly type: 'cursor'; readonly cursor: string }
  | { readonly type: 'earliest' }
  /** Milliseconds since the epoch. */
  | { readonly type: 'time'; readonly time: number }
  /** With the newest so many events that pass the filter. */
  | { readonly type: 'last'; readonly count: number };

/** One subscription, reduced to what fan-out needs. */
export interface SubscriptionPlan {
  readonly topic: Topic;
  /** Undefined subscribes to every instance of a wildcard topic. */
  readonly instance: TopicInstance | undefined;
  readonly start: SubscriptionStart;
  /**
   * Equal text means equal results for equal events: the normalized operation and every variable and claim that the result or
   * the filter reads (A52). Subscribers with equal stream, instance and share key form one group.
   */
  readonly shareKey: string;
  /** The key of the root field in `data`: its alias or its name. */
  readonly responseKey: string;
  /** Called once, when the plan starts a group. */
  compile(): CompiledSelection;
}
