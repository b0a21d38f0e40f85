import type { Redis } from 'ioredis';
import { readLastId } from './scripts.ts';
import type { StreamTail } from './stream-tail.ts';

/** Questions on their way at once. */
const QUESTIONS = 64;

export interface LastIdReaderOwner {
  /**
   * `found` is the last id that the stream gave out, empty when there is no stream;
   * `asked` is where the tail stood when the question left, undefined when it had no place yet.
   */
  answered(tail: StreamTail, asked: string | undefined, found: string): void;
  /** Redis or the link refused. */
  failed(tail: StreamTail, error: unknown): void;
}

/** Asks how far streams have come: where a new tail begins, and whether a known stream is still the same. */
export class LastIdReader {
  readonly #owner: LastIdReaderOwner;
  readonly #waiting: StreamTail[] = [];
  #connection: Redis | undefined;
  #out = 0;

  constructor(owner: LastIdReaderOwner) {
    this.#owner = owner;
  }

  connected(connection: Redis): void {
    this.#connection = connection;
    this.#out = 0;
  }

  disconnected(): void {
    this.#connection = undefined;
    this.#waiting.length = 0;
  }

  /** Each tail has one question at a time; without a link the next connection asks. */
  ask(tail: StreamTail): void {
    if (tail.asking || this.#connection === undefined) return;
    tail.asking = true;
    this.#waiting.push(tail);
    this.#turn(this.#connection);
  }

  #turn(connection: Redis): void {
    while (this.#out < QUESTIONS) {
      const tail = this.#waiting.shift();
      if (tail === undefined) return;
      if (!tail.closed) this.#send(connection, tail);
    }
  }

  #send(connection: Redis, tail: StreamTail): void {
    const { lastId } = tail;
    this.#out++;
    readLastId(connection, tail.key).then(
      (found) => {
        if (this.#connection !== connection) return;
        this.#out--;
        tail.asking = false;
        this.#owner.answered(tail, lastId, found);
        this.#turn(connection);
      },
      (error: unknown) => {
        if (this.#connection !== connection) return;
        this.#out--;
        tail.asking = false;
        this.#owner.failed(tail, error);
        this.#turn(connection);
      },
    );
  }
}
