import type { LoadResult } from '../load/measure-load.ts';
import type { Effort } from './bench.ts';
import { type Fanout, isSustained } from './fanout.ts';

const STEP = 1.5;
/** Cores that others used in a run; with more than this, a failure may be theirs. */
const DISTURBED = 0.15;

/** Deliveries per second of a rate that was sustained: what was due, not what a server caught up with in the measured time. */
export function sustainedRate({ deliveriesPerSecond, deliveredRatio }: LoadResult): number {
  return deliveriesPerSecond / Math.max(1, deliveredRatio);
}

/**
 * The highest rate that the server sustains: up from the first rate in steps of a half (down, when the first is too much), then halving
 * what lies between. Undefined when no rate that was tried was sustained.
 */
export async function findLimit(fanout: Fanout, firstRate: number, effort: Effort): Promise<LoadResult | undefined> {
  let best: LoadResult | undefined;
  let tooMuch: number | undefined;
  let rate = firstRate;
  for (let attempt = 0; attempt < effort.attempts; attempt += 1) {
    const result = await attemptAt(fanout, rate);
    if (isSustained(result)) best = result;
    else tooMuch = rate;
    if (best !== undefined && tooMuch !== undefined) break;
    rate = Math.max(1, Math.round(tooMuch === undefined ? rate * STEP : rate / STEP));
  }
  for (let halving = 0; halving < effort.refinements; halving += 1) {
    if (best === undefined || tooMuch === undefined) break;
    const between = Math.round(Math.sqrt(best.rate * tooMuch));
    if (between === best.rate || between === tooMuch) break;
    const result = await attemptAt(fanout, between);
    if (isSustained(result)) best = result;
    else tooMuch = between;
  }
  return best;
}

/** A second chance for a rate that failed while others used the machine. */
async function attemptAt(fanout: Fanout, rate: number): Promise<LoadResult> {
  const result = await fanout.run(rate);
  return isSustained(result) || result.foreignCpu < DISTURBED ? result : fanout.run(rate);
}
