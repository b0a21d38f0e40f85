import type { BatchIdentity } from './write-batch.ts';

const MAX_EPOCH = 32_767;
const MAX_SEQUENCE = 2 ** 31 - 1;

/**
 * The name and the counter under which one lane writes, by which a broker recognises a resend (Kafka's idempotent producer).
 *
 * `fence()` begins a new epoch: once the next batch is in the log, Kafka refuses every batch of an older epoch. So a batch that was
 * given up cannot land behind later ones.
 */
export class ProducerIdentity {
  readonly #producerId: bigint;
  #epoch: number;
  #nextSequence = 0;

  constructor(producerId: bigint, epoch: number) {
    this.#producerId = producerId;
    this.#epoch = epoch;
  }

  /** The identity of the next batch; the same for every resend of it. */
  get next(): BatchIdentity {
    return { producerId: this.#producerId, producerEpoch: this.#epoch, firstSequence: this.#nextSequence };
  }

  /** So many records were stored. */
  advance(records: number): void {
    const room = MAX_SEQUENCE - this.#nextSequence;
    this.#nextSequence = records <= room ? this.#nextSequence + records : records - room - 1;
  }

  /** False when the epochs are used up and a new producer id is needed. */
  fence(): boolean {
    if (this.#epoch >= MAX_EPOCH) return false;
    this.#epoch += 1;
    this.#nextSequence = 0;
    return true;
  }
}
