import type { JsonObject } from '../json/value.ts';
import type { Topic, TopicInstance } from '../routing/topic.ts';
import type { Projection } from './projection.ts';

/** What a group runs for each event. */
export interface CompiledSelection {
  /** Undefined passes every event. */
  readonly filter: ((value: JsonObject) => boolean) | undefined;
  readonly projection: Projection;
}

/** One subscription, reduced to what fan-out needs. */
export interface SubscriptionPlan {
  readonly topic: Topic;
  /** Undefined subscribes to every instance of a wildcard topic. */
  readonly instance: TopicInstance | undefined;
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
