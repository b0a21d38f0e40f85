import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Default 20,000. */
  readonly deadlineMs?: number;
  /** What was waited for, for the message of a failure. */
  readonly what?: string;
}

/**
 * Waits until the check returns a truthy value and returns that; a throwing check counts as not yet.
 * Rejects after the deadline with what the check last said.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { deadlineMs = 20_000, what = 'the condition' }: EventuallyOptions = {},
): Promise<NonNullable<T>> {
  const until = performance.now() + deadlineMs;
  let last: unknown = 'it was falsy';
  for (;;) {
    try {
      const value = await check();
      if (value) return value;
      last = `it was ${String(value)}`;
    } catch (error) {
      last = error;
    }
    if (performance.now() > until) throw new Error(`${what} did not hold within ${deadlineMs} ms: ${String(last)}`);
    await sleep(15);
  }
}
