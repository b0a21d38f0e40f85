import type { Sizes } from '../profiles/sizes.ts';

/** What all virtual users of a run agree on. Made once, by setup(). */
export interface RunPlan {
  /** Begins the names of its topic instances, so that runs against one gateway do not meet. */
  readonly run: string;
  /** When counting begins, in milliseconds since 1970: who subscribes from now on must be attached by then. */
  readonly startAt: number;
}

/** So long after the last event was due, its end must have been heard: without it nobody knows what is missing. */
export const END_PATIENCE_MS = 5_000;

export function planRun(sizes: Sizes): RunPlan {
  const run = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
  return { run, startAt: Date.now() + sizes.attachSeconds * 1000 };
}

/** Of one topic. */
export function eventCount({ rate, seconds }: Sizes): number {
  return Math.round(rate * seconds);
}

/**
 * When an event was to be published; the first has number 1. `phase`, from 0 to 1, is the part of an interval by which a topic is ahead of
 * others, so that not all publish in one moment.
 */
export function dueTime(plan: RunPlan, { rate }: Sizes, sequence: number, phase: number): number {
  return plan.startAt + Math.round(((sequence - phase) * 1000) / rate);
}

/** The last moment at which the end may be heard. */
export function endDeadline(plan: RunPlan, { seconds }: Sizes): number {
  return plan.startAt + seconds * 1000 + END_PATIENCE_MS;
}

/** For k6: beyond everything that a run allows itself. */
export function maxDuration({ attachSeconds, seconds }: Sizes): string {
  return `${attachSeconds + seconds + 60}s`;
}

/** The topic instance of a number that counts from 0. */
export function topicOf({ run }: RunPlan, index: number): string {
  return `${run}-${index}`;
}
