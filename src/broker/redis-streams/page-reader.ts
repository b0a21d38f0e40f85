import type { Redis } from 'ioredis';
import type { StreamTail } from './stream-tail.ts';

/** Pages on their way at once. */
const PAGES = 32;
/** A full page of fewer bytes makes the next one larger. */
const SMALL_PAGE = 256 * 1024;
/** A page of more bytes makes the next one smaller. */
const LARGE_PAGE = 1024 * 1024;
const MAX_PAGE_ENTRIES = 512;

export interface PageReaderOwner {
  /** The stream could be read. */
  readable(tail: StreamTail): void;
  /** Redis or the link refused. */
  failed(tail: StreamTail, error: unknown): void;
}

/** Reads tails on from their last ids, page by page, each page bounded by a count that follows the size of the bodies (F5). */
export class PageReader {
  readonly #owner: PageReaderOwner;
  readonly #waiting: StreamTail[] = [];
  #connection: Redis | undefined;
  #out = 0;

  constructor(owner: PageReaderOwner) {
    this.#owner = owner;
  }

  /** Before the tails are touched: none of them has a page on its way on a new connection. */
  connected(connection: Redis): void {
    this.#connection = connection;
    this.#out = 0;
  }

  disconnected(): void {
    this.#connection = undefined;
    this.#waiting.length = 0;
  }

  /** Reads until nothing is left. A tail has one place in the queue and one page on its way, so the queue is no longer than the tails are many. */
  wake(tail: StreamTail): void {
    if (tail.reading || tail.lastId === undefined) {
      tail.again = true;
      return;
    }
    if (this.#connection === undefined || tail.closed) return;
    tail.reading = true;
    tail.again = false;
    this.#waiting.push(tail);
    this.#turn(this.#connection);
  }

  #turn(connection: Redis): void {
    while (this.#out < PAGES) {
      const tail = this.#waiting.shift();
      if (tail === undefined) return;
      if (!tail.closed && tail.lastId !== undefined) this.#read(connection, tail, tail.lastId);
    }
  }

  #read(connection: Redis, tail: StreamTail, lastId: string): void {
    const { generation, pageSize } = tail;
    this.#out++;
    connection.xrangeBuffer(tail.key, `(${lastId}`, '+', 'COUNT', pageSize).then(
      (entries) => {
        if (this.#connection !== connection) return;
        this.#out--;
        tail.reading = false;
        this.#owner.readable(tail);
        const full = entries.length >= pageSize;
        if (tail.generation === generation) {
          const bytes = tail.accept(entries);
          if (bytes > LARGE_PAGE) tail.pageSize = Math.max(1, pageSize >> 1);
          else if (full && bytes < SMALL_PAGE) tail.pageSize = Math.min(MAX_PAGE_ENTRIES, pageSize * 2);
        }
        if (full || tail.again) this.wake(tail);
        this.#turn(connection);
      },
      (error: unknown) => {
        if (this.#connection !== connection) return;
        this.#out--;
        tail.reading = false;
        this.#owner.failed(tail, error);
        this.#turn(connection);
      },
    );
  }
}
