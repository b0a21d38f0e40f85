/** So many connections may leave in a second where the time allows it: a handshake and a resume of each wait elsewhere. */
const LEAVERS_PER_SECOND = 500;

/** Milliseconds over which so many connections leave, at most `maxMs`: one leaves at once, a few hundred within the second. */
export function drainSpreadMs(leavers: number, maxMs: number): number {
  return Math.min(maxMs, Math.max(0, leavers - 1) * (1_000 / LEAVERS_PER_SECOND));
}

/** How many of them have had their turn after `elapsedMs`, evenly over `spreadMs`, the first one at once. */
export function leftAfter(leavers: number, elapsedMs: number, spreadMs: number): number {
  if (elapsedMs >= spreadMs) return leavers;
  return Math.min(leavers, 1 + Math.floor(((leavers - 1) * elapsedMs) / spreadMs));
}

/** A copy in random order, so that nobody's turn follows from when they came. `random` gives numbers from 0 up to 1. */
export function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const copy = [...list];
  for (let last = copy.length - 1; last > 0; last -= 1) {
    const chosen = Math.floor(random() * (last + 1));
    // Both places are inside the list.
    [copy[last], copy[chosen]] = [copy[chosen] as T, copy[last] as T];
  }
  return copy;
}
