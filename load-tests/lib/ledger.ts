import type { Delivery } from './deliveries.ts';
import type { Result } from './graphql-transport-ws.ts';
import { countDelivery, flushSeries } from './latency-series.ts';
import type { LoadEvent } from './load-event.ts';
import { e2eLatency, fail, settle } from './measures.ts';
import { SequenceCheck } from './sequence.ts';

export interface LedgerOptions {
  readonly delivery: Delivery;
  /** Tag of what is measured: what kind of subscriber this is. */
  readonly role: string;
  readonly run: string;
  /** Begins with the first event that comes, instead of with number 1. */
  readonly joinsMidway: boolean;
  /** What this subscriber should get is counted by its publishers. */
  readonly expectedElsewhere?: boolean;
  /** The publisher's end was heard, and the account is settled. */
  readonly ended: () => void;
}

/** What one subscriber gets, held against what its publisher counts. It outlives its connections. */
export class Ledger {
  readonly #options: LedgerOptions;
  readonly #tags: { readonly delivery: Delivery; readonly role: string };
  #check: SequenceCheck | undefined;
  #first = 1;
  #flagged = 0;
  #settled = false;
  /** Latency is taken of events that were due after it: those before were not meant to come at once. */
  measureFrom = 0;
  /** Has anything come? */
  heard = false;

  constructor(options: LedgerOptions) {
    this.#options = options;
    this.#tags = { delivery: options.delivery, role: options.role };
    if (!options.joinsMidway) this.#check = new SequenceCheck();
  }

  get received(): number {
    return this.#check?.received ?? 0;
  }

  receive(result: Result): void {
    if (this.#settled) return;
    const event = (result.data as { event?: LoadEvent | null } | null | undefined)?.event;
    if (result.errors !== undefined || event === undefined || event === null) {
      fail(`a result without an event: ${JSON.stringify(result)}`);
      return;
    }
    if (event.run !== this.#options.run) {
      fail(`an event of another run, ${event.run}`);
      return;
    }
    this.heard = true;
    if (event.kind === 'CALL') return;
    if (event.kind === 'EVENT') this.#take(event);
    else this.#check?.end(event.sequence);
    if (result.extensions?.gap !== undefined) this.#flagged += this.#check?.excuse() ?? 0;
    if (event.kind === 'END') {
      this.settle();
      this.#options.ended();
    }
  }

  /** Tells what came and what did not, up to the highest number that was heard of. Idempotent. */
  settle(): void {
    if (this.#settled) return;
    this.#settled = true;
    const check = this.#check ?? new SequenceCheck();
    const expected = this.#options.expectedElsewhere === true ? 0 : Math.max(0, check.last - this.#first + 1);
    settle({ ...this.#tags, expected, flagged: this.#flagged, check });
    flushSeries();
  }

  #take({ sequence, due }: LoadEvent): void {
    if (this.#check === undefined) {
      this.#check = new SequenceCheck(sequence - 1);
      this.#first = sequence;
    }
    this.#check.receive(sequence);
    if (due < this.measureFrom) return;
    const now = Date.now();
    e2eLatency.add(now - due, this.#tags);
    countDelivery(this.#options.delivery, now - due, now);
  }
}
