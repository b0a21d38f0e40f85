import type { Redis } from 'ioredis';
import type { Logger } from '../../log/logger.ts';
import type { Clock } from '../../time/clock.ts';
import { describeRedisError, isReplyError, replyCode } from '../redis/redis-error.ts';
import { BEFORE_ALL, compareEntryIds } from './entry-id.ts';
import { LastIdReader } from './last-id-reader.ts';
import { PageReader } from './page-reader.ts';
import type { RawEntry, StreamTail } from './stream-tail.ts';

export interface StreamReaderSettings {
  readonly clock: Clock;
  readonly log: Logger;
  /** Every stream is polled once in this time, in milliseconds. */
  readonly pollMs: number;
  /** The read link answered at `now`. */
  readonly heard: (now: number) => void;
}

/** Streams asked for in one XREAD. */
const KEYS_A_POLL = 500;
/** Time between two XREADs at least, in milliseconds. */
const MIN_POLL_MS = 10;
/** Streams whose last id is asked for, unasked, in one round. */
const KEYS_A_ROUND = 200;
const ROUND_MS = 1_000;

/**
 * The one reader of a process over all subscribed streams: finds where tails begin, reads the holes that pushes leave, and polls for plain XADD.
 * Every read starts at a tail's own last id and passes `StreamTail.accept`, so reads may overlap each other and the pushes as they like.
 */
export class StreamReader {
  readonly #settings: StreamReaderSettings;
  readonly #pages: PageReader;
  readonly #lastIds: LastIdReader;
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
    const failed = (tail: StreamTail, error: unknown): void => this.#failed(tail, error);
    this.#pages = new PageReader({ readable: (tail) => this.#readable(tail), failed });
    this.#lastIds = new LastIdReader({
      answered: (tail, asked, found) => {
        this.#readable(tail);
        if (!tail.closed) this.#found(tail, asked, found);
      },
      failed,
    });
  }

  add(tail: StreamTail): void {
    this.#places.set(tail, this.#tails.length);
    this.#tails.push(tail);
    this.#lastIds.ask(tail);
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
    this.#lastIds.connected(connection);
    for (const tail of this.#tails) {
      tail.reading = false;
      tail.asking = false;
      tail.unverified = true;
      this.#lastIds.ask(tail);
    }
    this.#schedulePoll(connection);
    this.#scheduleRound(connection);
  }

  disconnected(): void {
    this.#connection = undefined;
    this.#cancelPoll();
    this.#cancelRound();
    this.#pages.disconnected();
    this.#lastIds.disconnected();
  }

  /** Reads on from the tail's last id until nothing is left. */
  wake(tail: StreamTail): void {
    this.#pages.wake(tail);
  }

  /** Looks whether the stream is still the one that the tail knows. */
  verify(tail: StreamTail): void {
    this.#lastIds.ask(tail);
  }

  #found(tail: StreamTail, asked: string | undefined, found: string): void {
    tail.unverified = false;
    if (asked === undefined) {
      tail.anchor(found);
      if (tail.again) this.wake(tail);
      return;
    }
    // Entries came in since the question left, so the answer is about a past that no longer matters.
    if (tail.lastId !== asked) return;
    if (found === '') {
      // Gone, by expiry, deletion or a server that restarted empty (F1, F37): whatever comes now is new, even under lower ids.
      if (asked !== BEFORE_ALL) tail.anchor('');
      return;
    }
    const order = compareEntryIds(found, asked);
    if (order > 0) {
      this.wake(tail);
    } else if (order < 0) {
      this.#settings.log.warn(
        `the stream ${tail.key} was cut or made anew: it ends at ${found}, before ${asked}; following it from there`,
      );
      tail.anchor(found);
    }
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
    for (const tail of this.#tails.slice(this.#nextPoll, this.#nextPoll + KEYS_A_POLL)) {
      if (tail.reading || tail.unverified || tail.faulty || tail.lastId === undefined) continue;
      // A second tail of one key reads alone; the reply could not be told apart.
      if (batch.has(tail.key)) this.wake(tail);
      else batch.set(tail.key, tail);
    }
    this.#nextPoll += KEYS_A_POLL;
    if (this.#nextPoll >= this.#tails.length) this.#nextPoll = 0;
    if (batch.size === 0) return;
    const tails = [...batch.values()];
    const generations = tails.map((tail) => tail.generation);
    const keys = tails.map(({ key }) => key);
    const ids = tails.map(({ lastId }) => lastId ?? BEFORE_ALL);
    this.#polling = true;
    // One entry a stream is enough to know that there is something; the rest comes by pages.
    connection.xreadBuffer('COUNT', 1, 'STREAMS', ...keys, ...ids).then(
      (reply) => {
        if (this.#connection !== connection) return;
        this.#polling = false;
        this.#settings.heard(this.#settings.clock.now());
        const found = new Map((reply ?? []).map(([key, entries]) => [key.toString('latin1'), entries] as const));
        for (const [at, tail] of tails.entries()) {
          const entries: readonly RawEntry[] | undefined = found.get(tail.key);
          if (entries === undefined || tail.closed || tail.generation !== generations[at]) continue;
          tail.accept(entries);
          this.wake(tail);
        }
      },
      (error: unknown) => {
        if (this.#connection !== connection) return;
        this.#polling = false;
        // One key that is no stream spoils the whole call: each reads alone, and the guilty one is told from the others.
        if (isReplyError(error)) for (const tail of tails) this.wake(tail);
      },
    );
  }

  /** Slowly goes over all tails, for streams that were made anew under ids below those that a tail has seen: polling is blind to them. */
  #scheduleRound(connection: Redis): void {
    this.#cancelRound = this.#settings.clock.after(ROUND_MS, () => {
      if (this.#connection !== connection) return;
      for (const tail of this.#tails.slice(this.#nextRound, this.#nextRound + KEYS_A_ROUND)) this.#lastIds.ask(tail);
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
