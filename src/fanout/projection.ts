import type { JsonObject } from '../json/value.ts';

/** What one event became for one group. */
export interface ProjectedEvent {
  /** JSON text of the `data` member. */
  readonly data: string;
  /** JSON text of the `errors` array, brackets included; undefined when there is none. */
  readonly errors: string | undefined;
}

/**
 * Turns an event's value into the result of one validated subscription operation. Equal in meaning to graphql-js `execute`
 * with the value under the root field; every error carries the code EVENT_INVALID (P84, P85, P97). Must not throw.
 */
export type Projection = (value: JsonObject) => ProjectedEvent;
