/** The counts of one broker: plain numbers that a scrape copies. */
export class BrokerMetrics {
  readonly name: string;
  up = false;
  /** How often it came back after it had been up and was lost. */
  reconnects = 0;
  #wasUp = false;
  /** Bytes of event values read from the broker. */
  bytesIn = 0;
  /** Bytes of event values written to it. */
  bytesOut = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Its status changed. */
  changed(up: boolean): void {
    if (up && !this.up && this.#wasUp) this.reconnects += 1;
    this.#wasUp ||= up;
    this.up = up;
  }

  countBytes(direction: 'in' | 'out', bytes: number): void {
    if (direction === 'in') this.bytesIn += bytes;
    else this.bytesOut += bytes;
  }
}
