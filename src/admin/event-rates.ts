import type { Clock } from '../time/clock.ts';

/** A shorter time says little; whoever asks sooner is told what was found before. In milliseconds. */
const SHORTEST_MS = 1_000;

export interface EventRates {
  readonly overSeconds: number;
  /** By topic; none since the start is 0. */
  readonly perSecond: ReadonlyMap<string, number>;
}

/** How many events each topic had a second since somebody last asked, from counts that only rise. */
export class EventRateMeter {
  readonly #clock: Clock;
  #since: number;
  #counts: ReadonlyMap<string, number> = new Map();
  #rates: EventRates = { overSeconds: 0, perSecond: new Map() };

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.monotonic();
  }

  measure(counts: ReadonlyMap<string, number>): EventRates {
    const now = this.#clock.monotonic();
    const passed = now - this.#since;
    if (passed < SHORTEST_MS) return this.#rates;
    const perSecond = new Map<string, number>();
    for (const [topic, count] of counts) {
      perSecond.set(topic, oneDecimal(((count - (this.#counts.get(topic) ?? 0)) * 1000) / passed));
    }
    this.#rates = { overSeconds: oneDecimal(passed / 1000), perSecond };
    this.#since = now;
    this.#counts = new Map(counts);
    return this.#rates;
  }
}

function oneDecimal(value: number): number {
  return Math.round(value * 10) / 10;
}
