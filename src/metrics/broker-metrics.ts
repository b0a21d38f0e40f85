/** The counts of one broker: plain numbers that a scrape copies. */
export class BrokerMetrics {
  readonly name: string;
  up = false;
  /** Bytes of event values read from the broker. */
  bytesIn = 0;
  /** Bytes of event values written to it. */
  bytesOut = 0;

  constructor(name: string) {
    this.name = name;
  }

  countBytes(direction: 'in' | 'out', bytes: number): void {
    if (direction === 'in') this.bytesIn += bytes;
    else this.bytesOut += bytes;
  }
}
