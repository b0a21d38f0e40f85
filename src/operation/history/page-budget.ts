import type { BrokerRecord } from '../../broker/record.ts';
import type { OperationLimits } from '../limits.ts';
import type { StoredEvent } from './stored-events.ts';

/** How much of a page is left: events, stored bytes of events, and records to look at. */
export class PageBudget {
  #events: number;
  #bytes: number;
  #records: number;

  constructor(count: number, { maxHistoryPageBytes, maxHistoryScan }: OperationLimits) {
    this.#events = count;
    this.#bytes = maxHistoryPageBytes;
    this.#records = maxHistoryScan;
  }

  /** Is the page over, although something may be left in its range? */
  get spent(): boolean {
    return this.#events <= 0 || this.#bytes <= 0 || this.#records <= 0;
  }

  /** One record was looked at. */
  spend(record: BrokerRecord, event: StoredEvent | undefined): void {
    this.#records -= 1;
    if (event === undefined) return;
    this.#events -= 1;
    this.#bytes -= record.value?.length ?? 0;
  }
}
