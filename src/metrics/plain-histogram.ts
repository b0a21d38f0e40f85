/** A histogram as plain numbers: the event path adds to it without allocating anything, and only a scrape copies it. */
export class PlainHistogram {
  /** Upper bounds, rising; what is above the last one counts in the total alone. */
  readonly bounds: readonly number[];
  /** By bound, not accumulated; one more than there are bounds. */
  readonly counts: Float64Array;
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const { bounds } = this;
    let index = 0;
    // Undefined behind the last bound: then nothing is greater than it.
    while (index < bounds.length && value > (bounds[index] ?? 0)) index += 1;
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    this.sum += value;
  }

  get count(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }
}
