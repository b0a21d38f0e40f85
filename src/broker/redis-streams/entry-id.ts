/** Where a stream that has no entries yet begins: every entry stands behind it. */
export const BEFORE_ALL = '0-0';

/** Orders two entry ids `<ms>-<n>` as Redis does: negative, zero or positive. Exact for all 64 bits of both parts. */
export function compareEntryIds(a: string, b: string): number {
  if (a === b) return 0;
  const [atA, atB] = [a.indexOf('-'), b.indexOf('-')];
  return compareDigits(a.slice(0, atA), b.slice(0, atB)) || compareDigits(a.slice(atA + 1), b.slice(atB + 1));
}

/** Redis writes its numbers without leading zeros, so a longer one is a larger one. */
function compareDigits(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Milliseconds since the epoch at which Redis gave the id; an id that a foreign writer chose says what that writer chose. */
export function entryTime(id: string): number {
  return Number(id.slice(0, id.indexOf('-')));
}
