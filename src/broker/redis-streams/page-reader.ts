import type { Redis } from 'ioredis';
import type { ReadLimits } from '../history.ts';
import { readPage, readState } from './read-script.ts';
import { stateArguments } from './state-script.ts';
import type { StreamTail } from './stream-tail.ts';

/** Pages on their way at once. */
const PAGES = 32;
const PAGE: ReadLimits = { maxRecords: 512, maxBytes: 262_144 };

export interface PageReaderOwner {
  /** The stream could be read. */
  readable(tail: StreamTail): void;
  /** Redis or the link refused. */
  failed(tail: StreamTail, error: unknown): void;
}

/** Finds where new tails begin and reads tails on from their places, page by page (F5); each page tells whether anything was lost before it (F7). */
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
    if (tail.reading) {
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
      if (!tail.closed) this.#read(connection, tail);
    }
  }

  #read(connection: Redis, tail: StreamTail): void {
    this.#out++;
    // What comes from here on came after the question.
    tail.again = false;
    this.#ask(connection, tail).then(
      (deliver) => {
        if (this.#connection !== connection) return;
        this.#out--;
        tail.reading = false;
        this.#owner.readable(tail);
        if (deliver() || tail.again) this.wake(tail);
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

  /** Gives what hands the answer to the tail, and says whether more is there. */
  async #ask(connection: Redis, tail: StreamTail): Promise<() => boolean> {
    const known = stateArguments(tail.stream.topic);
    const { place } = tail;
    if (place === undefined) {
      const state = await readState(connection, tail.keys, known);
      return () => {
        tail.begin(state);
        return false;
      };
    }
    const page = await readPage(connection, tail.keys, known, place.id, 'forwards', PAGE);
    return () => {
      tail.accept(page, place);
      return page.beyond !== undefined;
    };
  }
}
