import { instantOf } from '../schema/scalars/date-time.ts';

/**
 * The first whole millisecond at or after a DateTime that the scalar has checked. Brokers know no smaller unit and hold nothing
 * from before the epoch, so the records that are not older are the same.
 */
export function brokerTime(text: string): number {
  const instant = instantOf(text);
  if (instant === undefined) throw new Error('A DateTime argument was not checked.');
  return Math.max(0, Math.ceil(instant));
}
