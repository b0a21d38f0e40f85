import type { Delivery } from './deliveries.ts';

/** The events of one topic. */
export interface EventSource {
  readonly delivery: Delivery;
  /** See dueTime. */
  readonly phase: number;
  /** Publishes a batch, the variable `events`; its root field is called `results`. */
  readonly mutation: string;
  /** What tells subscribers that they are attached. */
  call(now: number): readonly object[];
  /** The event of a number that counts from 1. */
  event(sequence: number, due: number): object;
  /** What tells subscribers how many events there were. */
  end(count: number, now: number): readonly object[];
}
