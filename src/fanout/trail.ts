import type { PartitionPosition, StreamPosition } from '../routing/position.ts';
import type { LazyEvent } from './lazy-event.ts';
import { Ring, type RingBudget } from './ring.ts';

/** Where the tail of a replayable stream stands, and the recent events behind it: one ring a partition. */
export class Trail {
  readonly log: string;
  readonly #budget: RingBudget;
  /** Where the tail began to read each partition. */
  #origins: readonly PartitionPosition[];
  #rings: readonly Ring[];

  /** `start` is where the tail began. */
  constructor(budget: RingBudget, start: StreamPosition) {
    this.#budget = budget;
    this.log = start.log;
    this.#origins = start.partitions;
    this.#rings = start.partitions.map((position) => new Ring(budget, position));
  }

  get partitionCount(): number {
    return this.#rings.length;
  }

  /** Partitions were added to the log; the tail reads the new ones from these places. */
  extend(position: StreamPosition): void {
    const added = position.partitions.slice(this.#rings.length);
    this.#origins = [...this.#origins, ...added];
    this.#rings = [...this.#rings, ...added.map((start) => new Ring(this.#budget, start))];
  }

  /** Where the tail began to read a partition. */
  origin(partition: number): PartitionPosition {
    const origin = this.#origins[partition];
    if (origin === undefined) throw new Error(`The tail has no partition ${partition}.`);
    return origin;
  }

  /** Undefined for a partition that the tail has not come to yet. */
  find(partition: number): Ring | undefined {
    return this.#rings[partition];
  }

  push(partition: number, event: LazyEvent, after: PartitionPosition, valueBytes: number): void {
    this.#ring(partition).push(event, after, valueBytes);
  }

  skip(partition: number, after: PartitionPosition): void {
    this.#ring(partition).advance(after);
  }

  #ring(partition: number): Ring {
    const ring = this.#rings[partition];
    if (ring === undefined) throw new Error(`The tail has no partition ${partition}.`);
    return ring;
  }

  /** Where the tail stands, on all partitions. */
  head(): StreamPosition {
    return { log: this.log, partitions: this.#rings.map((ring) => ring.head) };
  }

  /** Recent events that are held, and what they cost. */
  size(): { readonly events: number; readonly bytes: number } {
    let events = 0;
    let bytes = 0;
    for (const ring of this.#rings) {
      events += ring.size;
      bytes += ring.bytes;
    }
    return { events, bytes };
  }

  clear(): void {
    for (const ring of this.#rings) ring.clear();
  }
}
