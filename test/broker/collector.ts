import type { Tail, TailEndReason, TailGap, TailSink } from '../../src/broker/port.ts';
import type { BrokerRecord } from '../../src/broker/record.ts';
import type { PartitionPosition, StreamPosition } from '../../src/routing/position.ts';
import { eventually } from '../support/eventually.ts';

/** A sink that keeps everything it is told, and what it should not have been told. */
export class Collector implements TailSink {
  readonly records: BrokerRecord[] = [];
  readonly positions: StreamPosition[] = [];
  /** Places without a record that the tail told of, each with the number of records before it. */
  readonly advances: { readonly partition: number; readonly position: PartitionPosition; readonly records: number }[] =
    [];
  readonly gaps: TailGap[] = [];
  readonly ends: TailEndReason[] = [];
  /** How many records had come when the first position was told; undefined before. Has to be 0 where positions are told. */
  recordsBeforePosition: number | undefined;
  /** What was called after the tail was closed. Has to stay empty. */
  readonly afterClose: string[] = [];
  /** Called inside `record`, after the record was kept. */
  onRecord: ((record: BrokerRecord) => void) | undefined;
  readonly #patienceMs: number;
  #closed = false;
  #tail: Tail | undefined;

  /** `patienceMs` bounds `sees`. */
  constructor(patienceMs = 30_000) {
    this.#patienceMs = patienceMs;
  }

  /** Did the test close the tail, or the broker end it? */
  get closed(): boolean {
    return this.#closed || this.ends.length > 0;
  }

  /** Told by the test when it closes the tail. */
  closing(): void {
    this.#closed = true;
  }

  /** The tail that this sink was given to. */
  set tail(tail: Tail) {
    this.#tail = tail;
  }

  get tail(): Tail {
    if (this.#tail === undefined) throw new Error('The sink has no tail yet');
    return this.#tail;
  }

  close(): void {
    this.closing();
    this.tail.close();
  }

  positioned(position: StreamPosition): void {
    if (this.#closed) this.afterClose.push('positioned');
    this.recordsBeforePosition ??= this.records.length;
    this.positions.push(position);
  }

  record(record: BrokerRecord): void {
    if (this.#closed) this.afterClose.push(`record ${text(record)}`);
    this.records.push(record);
    this.onRecord?.(record);
  }

  advanced(partition: number, position: PartitionPosition): void {
    if (this.#closed) this.afterClose.push('advanced');
    this.advances.push({ partition, position, records: this.records.length });
  }

  gap(gap: TailGap): void {
    if (this.#closed) this.afterClose.push(`gap ${gap.reason}`);
    this.gaps.push(gap);
  }

  ended(reason: TailEndReason): void {
    if (this.#closed) this.afterClose.push(`ended ${reason}`);
    this.ends.push(reason);
  }

  /** The values as text, in order of arrival. */
  texts(): string[] {
    return this.records.map(text);
  }

  /** Waits until a record with exactly this text arrived. */
  async sees(value: string): Promise<void> {
    let looked = 0;
    await eventually(
      () => {
        for (; looked < this.records.length; looked++) {
          const record = this.records[looked];
          if (record !== undefined && text(record) === value) return true;
        }
        return false;
      },
      { deadlineMs: this.#patienceMs, what: `a tail with ${this.records.length} records seeing ${value.slice(0, 80)}` },
    );
  }
}

export function text(record: BrokerRecord): string {
  return record.value === null ? '(tombstone)' : record.value.toString('utf8');
}
