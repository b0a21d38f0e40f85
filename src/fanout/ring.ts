import { comparePositions, type PartitionPosition } from '../routing/position.ts';
import type { Event } from './event.ts';
import type { LazyEvent } from './lazy-event.ts';

/** One recent event of one partition. */
export class RingEntry {
  /** Where a reader stands after it. */
  readonly after: PartitionPosition;
  readonly bytes: number;
  readonly #event: Pick<LazyEvent, 'get'>;

  constructor(event: Pick<LazyEvent, 'get'>, after: PartitionPosition, bytes: number) {
    this.#event = event;
    this.after = after;
    this.bytes = bytes;
  }

  /** Decoded when it is first read. */
  get event(): Event {
    return this.#event.get();
  }
}

/** Bytes that an entry costs beside its value: objects, positions, the decoded event's overhead. Measured, rounded up. */
const ENTRY_OVERHEAD_BYTES = 400;

/** A dropped prefix is cut off the array once it is this long. */
const COMPACT_AFTER = 1_024;

/** An entry's place in the order of arrival over all rings. */
interface Place {
  readonly ring: Ring;
  readonly bytes: number;
  readonly generation: number;
}

function isCurrent(place: Place): boolean {
  return place.generation === place.ring.generation;
}

/**
 * The byte budget that all rings of a process share. At the bound the entry that is oldest by arrival goes, whichever ring holds it:
 * a busy stream cannot take the places of a quiet one's newer events, and no ring has to be given a size.
 */
export class RingBudget {
  readonly #limitBytes: number;
  #queue: Place[] = [];
  #first = 0;
  #bytes = 0;
  /** Places whose ring was cleared since. */
  #stale = 0;

  /** Default 64 MiB. */
  constructor(limitBytes = 67_108_864) {
    this.#limitBytes = limitBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  admitted(ring: Ring, bytes: number): void {
    this.#queue.push({ ring, bytes, generation: ring.generation });
    this.#bytes += bytes;
    while (this.#bytes > this.#limitBytes) this.#dropOldest();
  }

  /** A ring let all its entries go: their places in the queue mean nothing any more. */
  released(bytes: number, entries: number): void {
    this.#bytes -= bytes;
    this.#stale += entries;
    if (this.#stale < COMPACT_AFTER || this.#stale * 2 < this.#queue.length) return;
    this.#queue = this.#queue.slice(this.#first).filter(isCurrent);
    this.#first = 0;
    this.#stale = 0;
  }

  #dropOldest(): void {
    const oldest = this.#queue[this.#first];
    if (oldest === undefined) return;
    this.#first += 1;
    if (this.#first >= COMPACT_AFTER && this.#first * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#first);
      this.#first = 0;
    }
    if (!isCurrent(oldest)) {
      this.#stale -= 1;
      return;
    }
    oldest.ring.dropOldest();
    this.#bytes -= oldest.bytes;
  }
}

/**
 * The newest events of one partition of one stream, without a hole between `start` and `head`: a reader whose position is inside
 * needs no broker. Holds nothing before the first event.
 */
export class Ring {
  readonly #budget: RingBudget;
  #entries: RingEntry[] = [];
  #first = 0;
  #bytes = 0;
  #start: PartitionPosition;
  #head: PartitionPosition;
  /** Grows at each clear, so that the budget tells entries of before from those of after. */
  generation = 0;

  /** `start` is where the tail began. */
  constructor(budget: RingBudget, start: PartitionPosition) {
    this.#budget = budget;
    this.#start = start;
    this.#head = start;
  }

  /** Where the tail stands. */
  get head(): PartitionPosition {
    return this.#head;
  }

  get size(): number {
    return this.#entries.length - this.#first;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(event: Pick<LazyEvent, 'get'>, after: PartitionPosition, valueBytes: number): void {
    const bytes = valueBytes + ENTRY_OVERHEAD_BYTES;
    this.#head = after;
    this.#entries.push(new RingEntry(event, after, bytes));
    this.#bytes += bytes;
    this.#budget.admitted(this, bytes);
  }

  /** The tail moved on without an event: a tombstone, for example. */
  advance(after: PartitionPosition): void {
    this.#head = after;
    if (this.size === 0) this.#start = after;
  }

  /** Can a reader at this position go on from here without asking the broker? */
  contains(position: PartitionPosition): boolean {
    return comparePositions(position, this.#start) >= 0;
  }

  /** The oldest events after a position that the ring contains: as many as fit into the bytes, at least one; empty at the head. */
  after(position: PartitionPosition, maxBytes: number): readonly RingEntry[] {
    let low = this.#first;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle];
      if (entry !== undefined && comparePositions(entry.after, position) <= 0) low = middle + 1;
      else high = middle;
    }
    let end = low;
    let bytes = 0;
    while (end < this.#entries.length && (end === low || bytes < maxBytes)) {
      bytes += this.#entries[end]?.bytes ?? 0;
      end += 1;
    }
    return this.#entries.slice(low, end);
  }

  /** For the budget alone. */
  dropOldest(): void {
    const oldest = this.#entries[this.#first];
    if (oldest === undefined) return;
    this.#start = oldest.after;
    this.#bytes -= oldest.bytes;
    this.#first += 1;
    if (this.#first >= COMPACT_AFTER && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
  }

  /** Gives everything back to the budget; the ring starts anew at its head. */
  clear(): void {
    const entries = this.size;
    const bytes = this.#bytes;
    this.generation += 1;
    this.#entries = [];
    this.#first = 0;
    this.#bytes = 0;
    this.#start = this.#head;
    this.#budget.released(bytes, entries);
  }
}
