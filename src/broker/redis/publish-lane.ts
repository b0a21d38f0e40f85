import type { Command, Redis } from 'ioredis';
import type { Clock } from '../../time/clock.ts';
import { AnswerDeadlines } from './answer-deadlines.ts';
import { type FailedWrite, failedWrite, replyCode } from './redis-error.ts';
import type { RedisLink } from './redis-link.ts';
import { TurnBatch } from './turn-batch.ts';

/** The reply is as Redis gave it to the command. */
export type Sent = { readonly type: 'answered'; readonly reply: unknown } | FailedWrite;

/** Bytes of values that may be on their way at once; beyond it a publish is refused, never queued. */
const MAX_BYTES_IN_FLIGHT = 64 * 1024 * 1024;

export interface PublishLaneSettings {
  readonly link: RedisLink;
  /** Shown to people. */
  readonly address: string;
  readonly clock: Clock;
  /** By when each write is answered, in milliseconds. */
  readonly deadlineMs: number;
}

/**
 * Writes publishes to one link in the order of the calls, all of one event-loop turn in one system call. Nothing waits here for a link:
 * without one the answer is `unavailable` at once.
 */
export class PublishLane {
  readonly #link: RedisLink;
  readonly #address: string;
  readonly #clock: Clock;
  readonly #deadlines: AnswerDeadlines;
  #bytes = 0;
  #writes = 0;
  #closed = false;
  #batch: { readonly connection: Redis; readonly batch: TurnBatch } | undefined;
  readonly #drained: (() => void)[] = [];

  constructor({ link, address, clock, deadlineMs }: PublishLaneSettings) {
    this.#link = link;
    this.#address = address;
    this.#clock = clock;
    this.#deadlines = new AnswerDeadlines(clock, deadlineMs);
  }

  /** `command` is called, and what it makes is queued, before this returns, or never. `failed` is told the error of the command. */
  send(
    key: string,
    bytes: number,
    command: (connection: Redis) => Command,
    failed?: (connection: Redis, error: unknown) => void,
  ): Promise<Sent> {
    if (this.#closed) return refusal('The gateway is shutting down.');
    const connection = this.#link.connection;
    if (connection === undefined) return refusal(`No link to Redis at ${this.#address}: ${this.#link.detail}.`);
    if (this.#writes > 0 && this.#bytes + bytes > MAX_BYTES_IN_FLIGHT) {
      return refusal('Redis does not keep up: 64 MiB of events wait for its answer.');
    }
    this.#bytes += bytes;
    this.#writes++;
    const write = command(connection);
    this.#batchOf(connection).send(write);
    this.#deadlines.add(write);
    return write.promise.then(
      (reply: unknown) => {
        this.#answered(bytes);
        return { type: 'answered', reply };
      },
      (error: unknown) => {
        this.#answered(bytes);
        if (replyCode(error) === 'READONLY') this.#link.demoted(connection);
        failed?.(connection, error);
        return failedWrite(error, key);
      },
    );
  }

  /** Refuses new publishes; resolves when those in flight are answered, or after the deadline. */
  drain(deadlineMs: number): Promise<void> {
    this.#closed = true;
    if (this.#writes === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#clock.after(deadlineMs, resolve);
      this.#drained.push(() => {
        cancel();
        resolve();
      });
    });
  }

  #answered(bytes: number): void {
    this.#bytes -= bytes;
    if (--this.#writes === 0) for (const resolve of this.#drained.splice(0)) resolve();
  }

  #batchOf(connection: Redis): TurnBatch {
    if (this.#batch?.connection !== connection) this.#batch = { connection, batch: new TurnBatch(connection) };
    return this.#batch.batch;
  }
}

/** Surely not written. */
function refusal(reason: string): Promise<FailedWrite> {
  return Promise.resolve({ type: 'unavailable', reason });
}
