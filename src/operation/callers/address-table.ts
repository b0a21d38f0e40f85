import type { TokenBucket } from './token-bucket.ts';

/** What is known of one client address. Its buckets are made when they are needed. */
export interface AddressEntry {
  /** WebSockets and event streams that are open. */
  sockets: number;
  /** Openings. */
  connections: TokenBucket | undefined;
  operations: TokenBucket | undefined;
}

/**
 * Entries by address. Those with an open socket stay, so there are at most as many as sockets; of the others the least recently used
 * goes when there are more than `capacity` (A37).
 */
export class AddressTable {
  readonly #capacity: number;
  readonly #open = new Map<string, AddressEntry>();
  readonly #idle = new Map<string, AddressEntry>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#open.size + this.#idle.size;
  }

  /** The entry of an address, made when there is none. It is not to be kept: it may be forgotten. */
  get(key: string): AddressEntry {
    const open = this.#open.get(key);
    if (open !== undefined) return open;
    const entry = this.#idle.get(key) ?? { sockets: 0, connections: undefined, operations: undefined };
    this.#rest(key, entry);
    return entry;
  }

  opened(key: string): void {
    const entry = this.get(key);
    entry.sockets += 1;
    this.#idle.delete(key);
    this.#open.set(key, entry);
  }

  /** Once for each `opened`. */
  closed(key: string): void {
    const entry = this.#open.get(key);
    if (entry === undefined) return;
    entry.sockets -= 1;
    if (entry.sockets > 0) return;
    this.#open.delete(key);
    this.#rest(key, entry);
  }

  #rest(key: string, entry: AddressEntry): void {
    this.#idle.delete(key);
    this.#idle.set(key, entry);
    if (this.#idle.size <= this.#capacity) return;
    const [oldest] = this.#idle.keys();
    if (oldest !== undefined) this.#idle.delete(oldest);
  }
}
