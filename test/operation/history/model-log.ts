import type { Chunk, Expired, History, ReadLimits, StartingPoint } from '../../../src/broker/history.ts';
import type { Broker } from '../../../src/broker/port.ts';
import type { BrokerRecord } from '../../../src/broker/record.ts';
import type { Stream, StreamId } from '../../../src/broker/stream.ts';
import type { PartitionPosition, StreamPosition } from '../../../src/routing/position.ts';

/** One record of the model; offsets of a partition rise, with holes. */
export interface ModelRecord {
  readonly offset: number;
  readonly timestamp: number;
  /** JSON text; null is a tombstone. */
  readonly value: string | null;
}

const LEADER_EPOCH = 7;

export function place(offset: number): PartitionPosition {
  return { type: 'kafka', next: BigInt(offset), leaderEpoch: LEADER_EPOCH };
}

export function offsetOf(position: PartitionPosition | undefined): number {
  if (position?.type !== 'kafka') throw new Error('The model has positions of Kafka only.');
  return Number(position.next);
}

/** What `History` promises, over arrays: the reference that pages are checked against. It is no broker and stands for none. */
export class ModelLog implements History {
  id = '11111111-2222-4333-8444-555555555555';
  readonly partitions: ModelRecord[][];
  /** Records before it are gone, by partition. */
  readonly starts: number[];
  /** The log reaches up to it, holes included, by partition. */
  readonly ends: number[];
  /** No chunk is longer. */
  chunkRecords = 1_000;
  /** A read that meets a hole brings the hole alone: no records, and not at the end. */
  hollow = false;
  /** Called before each read. */
  onRead: () => void = () => {};
  away: string | undefined;
  reads = 0;

  constructor(partitions: readonly (readonly ModelRecord[])[]) {
    this.partitions = partitions.map((records) => [...records]);
    this.starts = partitions.map(() => 0);
    this.ends = partitions.map((records) => (records.at(-1)?.offset ?? -1) + 1);
  }

  append(partition: number, timestamp: number, value: string | null): void {
    const offset = this.ends[partition] ?? 0;
    this.partitions[partition]?.push({ offset, timestamp, value });
    this.ends[partition] = offset + 1;
  }

  trim(partition: number, start: number): void {
    this.starts[partition] = start;
    this.partitions[partition] = (this.partitions[partition] ?? []).filter(({ offset }) => offset >= start);
  }

  locate(_stream: Stream, start: StartingPoint): ReturnType<History['locate']> {
    if (this.away !== undefined) return Promise.resolve({ type: 'unavailable', reason: this.away });
    const partitions = this.partitions.map((records, partition) => {
      const end = this.ends[partition] ?? 0;
      if (start.type === 'earliest') return place(this.starts[partition] ?? 0);
      if (start.type === 'latest') return place(end);
      return place(records.find(({ timestamp }) => timestamp >= start.time)?.offset ?? end);
    });
    return Promise.resolve({ type: 'located', position: { log: this.id, partitions } });
  }

  resume(_stream: Stream, position: StreamPosition): ReturnType<History['resume']> {
    if (this.away !== undefined) return Promise.resolve({ type: 'unavailable', reason: this.away });
    if (position.log !== this.id) return Promise.resolve(this.#expired('recreated'));
    if (position.partitions.length > this.partitions.length) return Promise.resolve(this.#expired('invalid'));
    for (const [partition, one] of position.partitions.entries()) {
      if (offsetOf(one) < (this.starts[partition] ?? 0)) return Promise.resolve(this.#expired('trimmed'));
      if (offsetOf(one) > (this.ends[partition] ?? 0)) return Promise.resolve(this.#expired('truncated'));
    }
    const partitions = this.partitions.map((_, partition) => position.partitions[partition] ?? place(0));
    return Promise.resolve({ type: 'valid', position: { log: this.id, partitions } });
  }

  read(
    _stream: Stream,
    partition: number,
    log: string,
    position: PartitionPosition,
    limits: ReadLimits,
  ): ReturnType<History['read']> {
    const refusal = this.#refusal(partition, log, position);
    if (refusal !== undefined) return Promise.resolve(refusal);
    const all = (this.partitions[partition] ?? []).filter(({ offset }) => offset >= offsetOf(position));
    if (this.hollow && all[0] !== undefined && all[0].offset > offsetOf(position)) return hole(all[0].offset);
    const count = this.#fit(all, limits);
    const records = all.slice(0, count).map((record) => toRecord(partition, record));
    const atEnd = count === all.length;
    const next = atEnd ? (this.ends[partition] ?? 0) : (all[count - 1]?.offset ?? -1) + 1;
    return Promise.resolve({ type: 'chunk', records, next: place(next), atEnd } satisfies Chunk);
  }

  readBackwards(
    _stream: Stream,
    partition: number,
    log: string,
    position: PartitionPosition,
    limits: ReadLimits,
  ): ReturnType<History['readBackwards']> {
    const refusal = this.#refusal(partition, log, position);
    if (refusal !== undefined) return Promise.resolve(refusal);
    const all = (this.partitions[partition] ?? []).filter(({ offset }) => offset < offsetOf(position));
    const newest = all.at(-1);
    if (this.hollow && newest !== undefined && newest.offset + 1 < offsetOf(position)) return hole(newest.offset + 1);
    const count = this.#fit(all.toReversed(), limits);
    const first = all.length - count;
    const records = all.slice(first).map((record) => toRecord(partition, record));
    const atEnd = first === 0;
    const next = atEnd ? (this.starts[partition] ?? 0) : (all[first]?.offset ?? 0);
    return Promise.resolve({ type: 'chunk', records, next: place(next), atEnd } satisfies Chunk);
  }

  #fit(records: readonly ModelRecord[], { maxRecords, maxBytes }: ReadLimits): number {
    let bytes = 0;
    let count = 0;
    for (const { value } of records.slice(0, Math.min(maxRecords, this.chunkRecords))) {
      bytes += value?.length ?? 0;
      if (count > 0 && bytes > maxBytes) break;
      count += 1;
    }
    return count;
  }

  #refusal(
    partition: number,
    log: string,
    position: PartitionPosition,
  ): Awaited<ReturnType<History['read']>> | undefined {
    this.onRead();
    this.reads += 1;
    if (this.away !== undefined) return { type: 'unavailable', reason: this.away };
    if (log !== this.id) return this.#expired('recreated');
    return offsetOf(position) < (this.starts[partition] ?? 0) ? this.#expired('trimmed') : undefined;
  }

  #expired(reason: Expired['reason']): Expired {
    return { type: 'expired', reason, oldest: { log: this.id, partitions: this.starts.map(place) } };
  }
}

function hole(next: number): Promise<Chunk> {
  return Promise.resolve({ type: 'chunk', records: [], next: place(next), atEnd: false });
}

function toRecord(partition: number, { offset, timestamp, value }: ModelRecord): BrokerRecord {
  return {
    instance: undefined,
    key: undefined,
    value: value === null ? null : Buffer.from(value),
    position: { type: 'kafka', partition, offset: BigInt(offset), leaderEpoch: LEADER_EPOCH },
    timestamp,
  };
}

/** What a history query needs of a broker: its log and the names of its streams. */
export function brokerOfLog(history: History): Broker {
  const unused = (): never => {
    throw new Error('Histories are read, nothing else.');
  };
  return {
    name: 'kafka',
    capabilities: { deliveries: ['DURABLE'], embedded: false },
    history,
    stream: (topic, instance) => ({ id: topic.name as string as StreamId, topic, instance }),
    open: unused,
    status: unused,
    onStatus: unused,
    tail: unused,
    publish: unused,
    tailCount: unused,
    close: unused,
  };
}
