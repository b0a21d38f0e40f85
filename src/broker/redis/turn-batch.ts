import type { Command, Redis } from 'ioredis';

/** Characters that are gathered before the turn is over, at most. */
const MAX_GATHERED = 1024 * 1024;

type Gathering = Exclude<NonNullable<Parameters<Redis['sendCommand']>[1]>, Redis['stream']>;

/**
 * Writes the commands of one event-loop turn to their connection as one text. A command is in the connection's queue, and so fails with
 * it, as soon as `send` has returned.
 */
export class TurnBatch implements Gathering {
  /** What ioredis asks of a stream that gathers, as its own pipelines do. */
  readonly isPipeline = true;
  readonly destination: Gathering['destination'];
  readonly #connection: Redis;
  #text = '';
  #scheduled = false;

  constructor(connection: Redis) {
    this.#connection = connection;
    this.destination = { redis: connection };
  }

  send(command: Command): void {
    this.#connection.sendCommand(command, this);
  }

  /** Called by ioredis. */
  write(data: string | Buffer): void {
    if (typeof data !== 'string') {
      this.#flush();
      this.#connection.stream.write(data);
      return;
    }
    this.#text += data;
    if (this.#text.length > MAX_GATHERED) this.#flush();
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    const text = this.#text;
    if (text === '') return;
    this.#text = '';
    // Of a link that was given up meanwhile the queue has already failed.
    if (this.#connection.stream.writable) this.#connection.stream.write(text);
  }
}
