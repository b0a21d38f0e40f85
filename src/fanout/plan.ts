import type { DocumentNode } from 'graphql';
import type { OperationError } from '../error/operation-error.ts';
import type { Topic, TopicInstance } from '../routing/topic.ts';
import type { CompiledFilter } from './filter/compiled-filter.ts';
import type { Projection } from './projection.ts';

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

/** The error with which a subscription ends when the schema has changed; undefined: it goes on. */
export type ReloadJudge = (topic: Topic, document: DocumentNode | undefined) => OperationError | undefined;

/** One subscription, reduced to what fan-out needs. */
export interface SubscriptionPlan {
  readonly topic: Topic;
  /** Undefined subscribes to every instance of a wildcard topic. */
  readonly instance: TopicInstance | undefined;
  readonly start: SubscriptionStart;
  /**
   * Equal text means equal results for equal events: the normalized selection, and every variable and claim that the result reads
   * (A52). Subscribers with equal stream, instance and selection key share one projection of each event.
   */
  readonly selectionKey: string;
  /**
   * Equal text means that the same events pass: the coerced filter, and every claim that decides which events are seen (A52).
   * Subscribers that share a selection and have equal filter keys form one group.
   */
  readonly filterKey: string;
  /** Are results to carry the `traceparent` of their events? The selection key tells these apart. */
  readonly traced?: boolean;
  /** Whether it still fits is asked when the schema changes; undefined where nobody will ask. */
  readonly document?: DocumentNode;
  /** The key of the root field in `data`: its alias or its name. */
  readonly responseKey: string;
  /** Called when the plan starts a selection that no other group has. */
  compileProjection(): Projection;
  /** Called once, when the plan starts a group. Undefined passes every event. */
  compileFilter(): CompiledFilter | undefined;
}
