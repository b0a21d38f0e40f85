/** Something that the cache holds until its bytes are needed. */
export interface Kept {
  readonly bytes: number;
  /** The cache lets it go: forget it. */
  dropped(): void;
}

/** What an entry costs beside its values, in bytes. */
const ENTRY_OVERHEAD_BYTES = 1_024;

/**
 * The chunks of history that are kept for those who come to the same place a little later, over all streams of the process: bounded in
 * bytes, the least recently used go first.
 */
export class ReplayCache {
  readonly #limitBytes: number;
  readonly #entries = new Set<Kept>();
  #bytes = 0;

  /** Default 32 MiB. */
  constructor(limitBytes = 33_554_432) {
    this.#limitBytes = limitBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  keep(entry: Kept): void {
    this.#entries.add(entry);
    this.#bytes += entry.bytes + ENTRY_OVERHEAD_BYTES;
    for (const oldest of this.#entries) {
      if (this.#bytes <= this.#limitBytes) break;
      this.drop(oldest);
      oldest.dropped();
    }
  }

  used(entry: Kept): void {
    if (this.#entries.delete(entry)) this.#entries.add(entry);
  }

  /** Its keeper forgets it by itself. */
  drop(entry: Kept): void {
    if (this.#entries.delete(entry)) this.#bytes -= entry.bytes + ENTRY_OVERHEAD_BYTES;
  }
}
