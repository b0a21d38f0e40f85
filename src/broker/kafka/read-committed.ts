import type { BatchHeader } from './record-batch.ts';

/** A transaction of the fetched range that was aborted, as the broker names it. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  /** Offset of its first record in the partition. */
  readonly firstOffset: bigint;
}

/**
 * Tells committed batches from aborted ones: the rule of Kafka's own consumer for isolation level read_committed, which the client
 * library does not apply. Made anew for each answer of a fetch; batches are shown to it in log order.
 *
 * A producer is under abort from the first offset of an aborted transaction until its abort marker. What it wrote in between
 * with the transactional bit is dropped. Control batches are never records.
 */
export class ReadCommitted {
  /** Newest first, so that the next one to begin is at the end. */
  readonly #coming: AbortedTransaction[];
  readonly #underAbort = new Set<bigint>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#coming = [...aborted].sort((a, b) => (a.firstOffset < b.firstOffset ? 1 : -1));
  }

  /** Are the batch's records to be delivered? */
  keeps(batch: BatchHeader): boolean {
    for (;;) {
      const next = this.#coming.at(-1);
      if (next === undefined || next.firstOffset > batch.lastOffset) break;
      this.#underAbort.add(next.producerId);
      this.#coming.pop();
    }
    if (batch.isControl) {
      if (batch.isAbortMarker) this.#underAbort.delete(batch.producerId);
      return false;
    }
    return !(batch.isTransactional && this.#underAbort.has(batch.producerId));
  }
}
