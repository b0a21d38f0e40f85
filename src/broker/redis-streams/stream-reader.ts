import type { Redis } from 'ioredis';
import type { Logger } from '../../log/logger.ts';
import type { Clock } from '../../time/clock.ts';
import { describeRedisError, isReplyError, replyCode } from '../redis/redis-error.ts';
import { PageReader } from './page-reader.ts';
import type { StreamTail } from './stream-tail.ts';

export interface StreamReaderSettings {
  readonly clock: Clock;
  readonly log: Logger;
  /** Every stream that others write to is polled once in this time, in milliseconds, as long as there are not too many. */
  readonly pollMs: number;
  /** The read link answered at `now`. */
  readonly heard: (now: number) => void;
}

/** Streams asked for in one XREAD. */
const KEYS_A_POLL = 500;
/**
 * Time between two XREADs at least, in milliseconds. One of 500 keys costs Redis some 0.3 to 0.6 ms, so that polling stays below 5 % of
 * its core however many streams there are; up to 5,500 are polled at the full pace, 10,000 every 360 ms.
 */
const MIN_POLL_MS = 18;
/** Streams that are looked into, unasked, in one round. */
const KEYS_A_ROUND = 200;
const ROUND_MS = 1_000;

/**
 * The one reader of a process over all subscribed streams: finds where tails begin, reads the holes that pushes leave, and polls for plain XADD.
 * Every page starts at a tail's own place and passes `StreamTail.accept`, so pages may overlap each other and the pushes as they like.
 */
export class StreamReader {
  readonly #settings: StreamReaderSettings;
  readonly #pages: PageReader;
  readonly #tails: StreamTail[] = [];
  readonly #places = new Map<StreamTail, number>();
  #connection: Redis | undefined;
  #cancelPoll: () => void = () => {};
  #cancelRound: () => void = () => {};
  #polling = false;
  #nextPoll = 0;
  #nextRound = 0;

  constructor(settings: StreamReaderSettings) {
    this.#settings = settings;
    this.#pages = new PageReader({
      readable: (tail) => this.#readable(tail),
      failed: (tail, error) => this.#failed(tail, error),
    });
  }

  add(tail: StreamTail): void {
    this.#places.set(tail, this.#tails.length);
    this.#tails.push(tail);
    this.wake(tail);
  }

  remove(tail: StreamTail): void {
    const place = this.#places.get(tail);
    const last = this.#tails.at(-1);
    if (place === undefined || last === undefined) return;
    this.#tails[place] = last;
    this.#places.set(last, place);
    this.#tails.pop();
    this.#places.delete(tail);
  }

  connected(connection: Redis): void {
    this.#connection = connection;
    this.#polling = false;
    this.#pages.connected(connection);
    for (const tail of this.#tails) {
      tail.reading = false;
      this.wake(tail);
    }
    this.#schedulePoll(connection);
    this.#scheduleRound(connection);
  }

  disconnected(): void {
    this.#connection = undefined;
    this.#cancelPoll();
    this.#cancelRound();
    this.#pages.disconnected();
  }

  /** Finds the tail's beginning, or reads on from its place until nothing is left; also tells whether the stream is still the same. */
  wake(tail: StreamTail): void {
    this.#pages.wake(tail);
  }

  #schedulePoll(connection: Redis): void {
    const calls = Math.max(1, Math.ceil(this.#tails.length / KEYS_A_POLL));
    this.#cancelPoll = this.#settings.clock.after(Math.max(MIN_POLL_MS, this.#settings.pollMs / calls), () => {
      if (this.#connection !== connection) return;
      if (!this.#polling) this.#poll(connection);
      this.#schedulePoll(connection);
    });
  }

  #poll(connection: Redis): void {
    const batch = new Map<string, StreamTail>();
    const ids: string[] = [];
    for (const tail of this.#tails.slice(this.#nextPoll, this.#nextPoll + KEYS_A_POLL)) {
      if (!tail.polled || tail.reading || tail.faulty || tail.place === undefined) continue;
      // A second tail of one key reads alone; the reply could not be told apart.
      if (batch.has(tail.key)) {
        this.wake(tail);
        continue;
      }
      batch.set(tail.key, tail);
      ids.push(tail.place.id);
    }
    this.#nextPoll += KEYS_A_POLL;
    if (this.#nextPoll >= this.#tails.length) this.#nextPoll = 0;
    if (batch.size === 0) return;
    this.#polling = true;
    // One entry a stream is enough to know that there is something. XREAD steps over holes in silence, so pages bring it (F7).
    connection.xreadBuffer('COUNT', 1, 'STREAMS', ...batch.keys(), ...ids).then(
      (reply) => {
        if (this.#connection !== connection) return;
        this.#polling = false;
        this.#settings.heard(this.#settings.clock.now());
        for (const [key] of reply ?? []) {
          const tail = batch.get(key.toString('latin1'));
          if (tail !== undefined) this.wake(tail);
        }
      },
      (error: unknown) => {
        if (this.#connection !== connection) return;
        this.#polling = false;
        // One key that is no stream spoils the whole call: each reads alone, and the guilty one is told from the others.
        if (isReplyError(error)) for (const tail of batch.values()) this.wake(tail);
      },
    );
  }

  /**
   * Slowly goes over all tails: for streams that were made anew under ids below a tail's place, to which polling is blind, for tails
   * that could not be read, and so that what is remembered of quiet streams does not expire under their tails.
   */
  #scheduleRound(connection: Redis): void {
    this.#cancelRound = this.#settings.clock.after(ROUND_MS, () => {
      if (this.#connection !== connection) return;
      for (const tail of this.#tails.slice(this.#nextRound, this.#nextRound + KEYS_A_ROUND)) this.wake(tail);
      this.#nextRound += KEYS_A_ROUND;
      if (this.#nextRound >= this.#tails.length) this.#nextRound = 0;
      this.#scheduleRound(connection);
    });
  }

  #readable(tail: StreamTail): void {
    this.#settings.heard(this.#settings.clock.now());
    if (!tail.faulty) return;
    tail.faulty = false;
    this.#settings.log.info(`the stream ${tail.key} can be read again`);
  }

  #failed(tail: StreamTail, error: unknown): void {
    if (tail.closed || !isReplyError(error) || tail.faulty) return;
    tail.faulty = true;
    const fix = replyCode(error) === 'WRONGTYPE' ? ' Rename or delete that key.' : '';
    this.#settings.log.error(`cannot read the stream "${tail.key}": ${describeRedisError(error)}.${fix}`);
  }
}
