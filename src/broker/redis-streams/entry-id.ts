/** Where a stream that has no entries yet begins: every entry stands behind it. */
export const BEFORE_ALL = '0-0';

const LARGEST_PART = 2n ** 64n - 1n;

/** The largest id below this one, whether or not an entry has it; `0-0` has none and stays. */
export function idBefore(id: string): string {
  const dash = id.indexOf('-');
  const [time, count] = [BigInt(id.slice(0, dash)), BigInt(id.slice(dash + 1))];
  if (count > 0n) return `${time}-${count - 1n}`;
  return time > 0n ? `${time - 1n}-${LARGEST_PART}` : BEFORE_ALL;
}

/** Milliseconds since the epoch at which Redis gave the id; an id that a foreign writer chose says what that writer chose. */
export function entryTime(id: string): number {
  return Number(id.slice(0, id.indexOf('-')));
}
