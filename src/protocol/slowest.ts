/**
 * Of connections in the order of their opening, at most `limit`: those for which most bytes wait, then the oldest. Only those that
 * wait are sorted, and they are few.
 */
export function slowest<Open>(open: Iterable<Open>, limit: number, waitingBytes: (open: Open) => number): Open[] {
  const waiting: Open[] = [];
  const oldest: Open[] = [];
  for (const one of open) {
    if (waitingBytes(one) > 0) waiting.push(one);
    else if (oldest.length < limit) oldest.push(one);
  }
  waiting.sort((one, other) => waitingBytes(other) - waitingBytes(one));
  return [...waiting, ...oldest].slice(0, limit);
}
