/** Mean time of one call in nanoseconds: the best of five rounds of about 100 ms, after a warm-up, so that other load disturbs less. */
export function nanosecondsPerCall(call: () => unknown): number {
  round(call, 100);
  let best = Number.POSITIVE_INFINITY;
  for (let rounds = 0; rounds < 5; rounds += 1) best = Math.min(best, round(call, 100));
  return best;
}

/** What the calls returned last: keeps the engine from leaving them out. */
export let sink: unknown;

function round(call: () => unknown, milliseconds: number): number {
  const start = performance.now();
  let calls = 0;
  let now = start;
  while (now - start < milliseconds) {
    for (let batch = 0; batch < 100; batch += 1) sink = call();
    calls += 100;
    now = performance.now();
  }
  return ((now - start) * 1e6) / calls;
}
