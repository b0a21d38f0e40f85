import type { Chunk, Expired, History, ReadLimits, Unavailable } from '../../../src/broker/history.ts';
import type { PublishOutcome } from '../../../src/broker/outcome.ts';
import type { Broker, BrokerStatus, Capabilities, OpenReport, Tail, TailSink } from '../../../src/broker/port.ts';
import type { BrokerRecord } from '../../../src/broker/record.ts';
import type { Stream, StreamId } from '../../../src/broker/stream.ts';
import type { PartitionPosition, StreamPosition } from '../../../src/routing/position.ts';
import type { Topic, TopicInstance } from '../../../src/routing/topic.ts';
import type { Random } from '../../support/random.ts';

/** One record of the simulated log. */
export interface SimulatedRecord {
  readonly partition: number;
  readonly offset: number;
  readonly value: string;
  readonly timestamp: number;
}

interface SimulatedTail {
  readonly sink: TailSink;
  /** Next offset by partition; undefined before it is attached. */
  next: number[] | undefined;
  closed: boolean;
}

const LOG = '00000000-0000-4000-8000-000000000001';

/**
 * A partitioned log whose every delay the test decides: tails are attached and get records when told to, reads are answered when
 * told to, with what the log holds at that moment, and any of them may fail. It proves the hand-over, not an adapter.
 */
export class SimulatedBroker implements Broker {
  readonly name = 'kafka';
  readonly capabilities: Capabilities = { deliveries: ['DURABLE'], embedded: false };
  readonly history: History = {
    locate: (_, start) =>
      this.#later(() => ({
        type: 'located',
        position: this.#at((partition) => {
          const records = this.#partition(partition);
          if (start.type === 'earliest') return this.#start(partition);
          if (start.type === 'latest') return records.length;
          const found = records.findIndex(
            (record, offset) => offset >= this.#start(partition) && record.timestamp >= start.time,
          );
          return found === -1 ? records.length : found;
        }),
      })),
    resume: (_, position) =>
      this.#later(() => {
        const lost = position.partitions.some((place, partition) => offsetOf(place) < this.#start(partition));
        return lost ? this.#trimmed() : { type: 'valid', position };
      }),
    read: (_, partition, __, position, limits) => this.#later(() => this.#read(partition, offsetOf(position), limits)),
    readBackwards: (_, partition, __, position, limits) =>
      this.#later(() => this.#readBackwards(partition, offsetOf(position), limits)),
  };
  readonly #random: Random;
  readonly #records: SimulatedRecord[][];
  readonly #starts: number[];
  readonly #tails = new Set<SimulatedTail>();
  readonly #waiting: (() => void)[] = [];

  constructor(random: Random, partitions: number) {
    this.#random = random;
    this.#records = Array.from({ length: partitions }, () => []);
    this.#starts = Array.from({ length: partitions }, () => 0);
  }

  get partitionCount(): number {
    return this.#records.length;
  }

  /** All records ever appended to a partition, those trimmed since included. */
  records(partition: number): readonly SimulatedRecord[] {
    return this.#partition(partition);
  }

  append(partition: number, value: string, timestamp: number): void {
    const records = this.#partition(partition);
    records.push({ partition, offset: records.length, value, timestamp });
  }

  trim(partition: number, offset: number): void {
    this.#starts[partition] = Math.max(this.#start(partition), Math.min(offset, this.#partition(partition).length));
  }

  /** One step of a tail: it is attached, or gets some records of one partition. */
  stepTail(): void {
    if (this.#tails.size === 0) return;
    const tail = this.#random.pick([...this.#tails]);
    if (tail.next === undefined) {
      tail.next = this.#records.map((records) => records.length);
      tail.sink.positioned(this.#at((partition) => tail.next?.[partition] ?? 0));
      return;
    }
    const partition = this.#random.below(this.partitionCount);
    for (let count = this.#random.below(8); count > 0 && !tail.closed; count -= 1) {
      const record = this.#partition(partition)[tail.next[partition] ?? 0];
      if (record === undefined) return;
      tail.next[partition] = record.offset + 1;
      tail.sink.record(toBrokerRecord(record));
    }
  }

  /** Answers one waiting call, not always the oldest. */
  stepRead(): boolean {
    if (this.#waiting.length === 0) return false;
    const [answer] = this.#waiting.splice(this.#random.below(this.#waiting.length), 1);
    answer?.();
    return true;
  }

  /** True when every tail has everything. */
  get quiet(): boolean {
    for (const tail of this.#tails) {
      if (tail.next === undefined) return false;
      for (const [partition, records] of this.#records.entries()) {
        if (tail.next[partition] !== records.length) return false;
      }
    }
    return this.#waiting.length === 0;
  }

  async open(): Promise<OpenReport> {
    return { contacted: true, problems: [] };
  }

  status(): BrokerStatus {
    return { type: 'up', since: 0 };
  }

  onStatus(): () => void {
    return () => {};
  }

  stream(topic: Topic, _: TopicInstance | undefined): Stream {
    return { id: topic.name as string as StreamId, topic, instance: undefined };
  }

  tail(_: Stream, sink: TailSink): Tail {
    const tail: SimulatedTail = { sink, next: undefined, closed: false };
    this.#tails.add(tail);
    return {
      attached: Promise.resolve(),
      close: () => {
        tail.closed = true;
        this.#tails.delete(tail);
      },
    };
  }

  async publish(): Promise<PublishOutcome> {
    return { type: 'unavailable', reason: 'the simulation appends for itself' };
  }

  tailCount(): number {
    return this.#tails.size;
  }

  async close(): Promise<void> {}

  #partition(partition: number): SimulatedRecord[] {
    const records = this.#records[partition];
    if (records === undefined) throw new Error(`no partition ${partition}`);
    return records;
  }

  #start(partition: number): number {
    return this.#starts[partition] ?? 0;
  }

  #at(offset: (partition: number) => number): StreamPosition {
    return { log: LOG, partitions: this.#records.map((_, partition) => place(offset(partition))) };
  }

  #trimmed(): Expired {
    return { type: 'expired', reason: 'trimmed', oldest: this.#at((partition) => this.#start(partition)) };
  }

  #read(partition: number, offset: number, limits: ReadLimits): Chunk | Expired {
    if (offset < this.#start(partition)) return this.#trimmed();
    const records = this.#partition(partition);
    const chosen = records.slice(offset, offset + 1 + this.#random.below(Math.min(limits.maxRecords, 12)));
    const next = offset + chosen.length;
    return { type: 'chunk', records: chosen.map(toBrokerRecord), next: place(next), atEnd: next === records.length };
  }

  #readBackwards(partition: number, offset: number, limits: ReadLimits): Chunk | Expired {
    const first = Math.max(this.#start(partition), offset - 1 - this.#random.below(Math.min(limits.maxRecords, 12)));
    const records = this.#partition(partition).slice(first, Math.max(first, offset));
    return {
      type: 'chunk',
      records: records.map(toBrokerRecord),
      next: place(first),
      atEnd: first === this.#start(partition),
    };
  }

  #later<T>(answer: () => T): Promise<T | Unavailable> {
    const fails = this.#random.chance(0.05);
    return new Promise((resolve) => {
      this.#waiting.push(() => resolve(fails ? { type: 'unavailable', reason: 'so the schedule wants it' } : answer()));
    });
  }
}

function place(offset: number): PartitionPosition {
  return { type: 'kafka', next: BigInt(offset), leaderEpoch: 0 };
}

function offsetOf(position: PartitionPosition): number {
  if (position.type !== 'kafka') throw new Error('not a position of this log');
  return Number(position.next);
}

function toBrokerRecord({ partition, offset, value, timestamp }: SimulatedRecord): BrokerRecord {
  return {
    instance: undefined,
    key: undefined,
    value: Buffer.from(value),
    position: { type: 'kafka', partition, offset: BigInt(offset), leaderEpoch: 0 },
    timestamp,
  };
}
