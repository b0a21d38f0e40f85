import type { DropCounter } from '../protocol/drop-counter.ts';
import type { MemoryGate } from '../protocol/memory-gate.ts';
import type { Clock } from '../time/clock.ts';
import type { WaitingBytes } from './waiting-bytes.ts';

/** How often memory is read, in milliseconds. A burst of waiting bytes is noticed at once. */
const LOOK_MS = 1_000;

/** Most of what the allocator may be believed to keep for later, as a share of the bound. */
const MAX_KEPT_SHARE = 0.1;

export interface MemoryWatermarkOptions {
  /** Bytes; above it nothing new is taken on and the slowest connections are shed. */
  readonly maxBytes: number;
  /** Resident bytes of this process. */
  readonly readMemory: () => number;
  readonly waiting: WaitingBytes;
  readonly clock: Clock;
  readonly drops: DropCounter;
  /** Memory came above the bound, or below it again. */
  readonly onChange: (above: boolean, bytes: number) => void;
}

/**
 * Keeps the memory of the process under a bound (design §7): above it new work is refused, and the connections for which most bytes
 * wait are closed, slowest first, until what they hold makes up for the excess. Those that keep up lose nothing.
 *
 * Memory is the resident set, read once a second, and what began to wait since. An allocator does not give all back that was freed,
 * so what shed connections held is taken off again, up to a tenth of the bound: else one storm would shed others for ever.
 */
export class MemoryWatermark implements MemoryGate {
  readonly #options: MemoryWatermarkOptions;
  /** The last reading, less what the allocator keeps for later. */
  #read = 0;
  #waitingAtRead = 0;
  /** The most that waited, as far as the resident set still shows it. */
  #peakWaiting = 0;
  #lastResident = 0;
  #above = false;
  #cancelTimer: (() => void) | undefined;

  constructor(options: MemoryWatermarkOptions) {
    this.#options = options;
    this.#look();
  }

  /** Bytes in use now. */
  get bytes(): number {
    return this.#read + this.#options.waiting.total - this.#waitingAtRead;
  }

  refusal(): number | undefined {
    const { maxBytes, drops } = this.#options;
    if (!this.#above && this.bytes <= maxBytes) return undefined;
    drops.countDrop('memory_refused');
    return maxBytes;
  }

  /** Idempotent. */
  close(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#options.waiting.limit(Number.POSITIVE_INFINITY, () => {});
  }

  #schedule(delayMs: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#options.clock.after(delayMs, () => this.#look());
  }

  #look(): void {
    const { waiting, maxBytes, onChange } = this.#options;
    this.#readMemory();
    const above = this.bytes > maxBytes;
    if (above !== this.#above) {
      this.#above = above;
      onChange(above, this.bytes);
    }
    if (above) this.#shed(this.bytes - maxBytes);
    this.#schedule(LOOK_MS);
    if (above) waiting.limit(0, () => {});
    else waiting.limit(waiting.total + maxBytes - this.bytes, () => this.#schedule(0));
  }

  #readMemory(): void {
    const { waiting, maxBytes, readMemory } = this.#options;
    const resident = readMemory();
    const returned = Math.max(0, this.#lastResident - resident);
    this.#peakWaiting = Math.max(waiting.total, this.#peakWaiting - returned);
    this.#lastResident = resident;
    this.#waitingAtRead = waiting.total;
    this.#read = resident - Math.min(this.#peakWaiting - waiting.total, maxBytes * MAX_KEPT_SHARE);
  }

  #shed(excess: number): void {
    const { waiting, drops } = this.#options;
    let freed = 0;
    for (const socket of waiting.slowestFirst()) {
      if (freed >= excess) return;
      freed += socket.waitingBytes;
      if (socket.shed()) drops.countDrop('memory_shed');
    }
  }
}
