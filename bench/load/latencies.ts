/** Percentiles in milliseconds; NaN where nothing was measured. */
export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  readonly samples: number;
}

/** So many samples are kept; later ones are left out. */
const CAPACITY = 2_000_000;

/** Latencies of one run, all of them kept, so that percentiles are exact. */
export class Latencies {
  readonly #values: Float64Array = new Float64Array(CAPACITY);
  #count = 0;

  add(milliseconds: number): void {
    if (this.#count < CAPACITY) {
      this.#values[this.#count] = milliseconds;
      this.#count += 1;
    }
  }

  percentiles(): Percentiles {
    const sorted = this.#values.subarray(0, this.#count).sort();
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
    return { p50: at(0.5), p99: at(0.99), p999: at(0.999), max: at(1), samples: this.#count };
  }
}
