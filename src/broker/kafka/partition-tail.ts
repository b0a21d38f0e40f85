import type { TailSink } from '../port.ts';
import { brokerRecord } from './broker-record.ts';
import type { KafkaPosition } from './offsets.ts';
import type { DecodedRecord } from './record-batch.ts';

/** One tail's place in one partition: hands out what the partition's reader reads, each offset once. */
export class PartitionTail {
  readonly #sink: TailSink;
  readonly #index: number;
  readonly #isOpen: () => boolean;
  #position: KafkaPosition;

  /** `index` is the partition's place in the stream's positions, `start` where the tail begins. */
  constructor(sink: TailSink, index: number, start: KafkaPosition, isOpen: () => boolean) {
    this.#sink = sink;
    this.#index = index;
    this.#isOpen = isOpen;
    this.#position = start;
  }

  /** Behind everything that the sink was told. */
  get position(): KafkaPosition {
    return this.#position;
  }

  /** A record of the partition with this number; ignored before the tail's place, and when the tail was closed. */
  record(partition: number, record: DecodedRecord, leaderEpoch: number): void {
    if (record.offset < this.#position.next || !this.#isOpen()) return;
    this.#position = { type: 'kafka', next: record.offset + 1n, leaderEpoch };
    this.#sink.record(brokerRecord(partition, record, leaderEpoch));
  }

  /** The reader has come so far: whatever lies between the last record and this place is no record. */
  reached(next: bigint, leaderEpoch: number): void {
    if (next <= this.#position.next || !this.#isOpen()) return;
    this.#position = { type: 'kafka', next, leaderEpoch };
    this.#sink.advanced(this.#index, this.#position);
  }
}
