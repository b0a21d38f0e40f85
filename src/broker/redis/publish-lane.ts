import type { Redis } from 'ioredis';
import type { Clock } from '../../time/clock.ts';
import { type FailedWrite, failedWrite } from './redis-error.ts';
import type { RedisLink } from './redis-link.ts';

export type Sent<T> = { readonly type: 'answered'; readonly reply: T } | FailedWrite;

/** Bytes of values that may be on their way at once; beyond it a publish is refused, never queued. */
const MAX_BYTES_IN_FLIGHT = 64 * 1024 * 1024;

/**
 * Writes publishes to one link in the order of the calls, all of one event-loop turn in one system call. Nothing waits here for a link:
 * without one the answer is `unavailable` at once. The link's command timeout is the deadline of each write.
 */
export class PublishLane {
  readonly #link: RedisLink;
  readonly #address: string;
  #bytes = 0;
  #writes = 0;
  #closed = false;
  #corked: Redis | undefined;
  readonly #drained: (() => void)[] = [];

  /** `address` is shown to people. */
  constructor(link: RedisLink, address: string) {
    this.#link = link;
    this.#address = address;
  }

  /** `write` is called before this returns, or never. */
  async send<T>(key: string, bytes: number, write: (connection: Redis) => Promise<T>): Promise<Sent<T>> {
    if (this.#closed) return { type: 'unavailable', reason: 'The gateway is shutting down.' };
    const connection = this.#link.connection;
    if (connection === undefined) {
      return { type: 'unavailable', reason: `No link to Redis at ${this.#address}: ${this.#link.detail}.` };
    }
    if (this.#writes > 0 && this.#bytes + bytes > MAX_BYTES_IN_FLIGHT) {
      return { type: 'unavailable', reason: 'Redis does not keep up: 64 MiB of events wait for its answer.' };
    }
    this.#bytes += bytes;
    this.#writes++;
    this.#cork(connection);
    try {
      return { type: 'answered', reply: await write(connection) };
    } catch (error) {
      return failedWrite(error, key);
    } finally {
      this.#bytes -= bytes;
      if (--this.#writes === 0) for (const resolve of this.#drained.splice(0)) resolve();
    }
  }

  /** Refuses new publishes; resolves when those in flight are answered, or after the deadline. */
  drain(clock: Clock, deadlineMs: number): Promise<void> {
    this.#closed = true;
    if (this.#writes === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = clock.after(deadlineMs, resolve);
      this.#drained.push(() => {
        cancel();
        resolve();
      });
    });
  }

  #cork(connection: Redis): void {
    if (this.#corked === connection) return;
    this.#corked = connection;
    const { stream } = connection;
    stream.cork();
    setImmediate(() => {
      if (this.#corked === connection) this.#corked = undefined;
      stream.uncork();
    });
  }
}
