import { connect, type Socket } from 'node:net';
import { digitsOf, eventText } from './event.ts';
import type { Publisher } from './publisher.ts';

const MAXIMUM_UNSENT_BYTES = 1024 * 1024;
const ERROR_MARK = 0x2d; // -
const READ_BUFFER = Buffer.alloc(64 * 1024);

/** Writes PUBLISH commands to Redis as a foreign service does, pipelined. */
export class RedisPublisher implements Publisher {
  failures = 0;
  readonly ordered = true;
  readonly unanswered = 0;
  readonly #socket: Socket;
  readonly #heads: string[] = [];
  readonly #tails: string[] = [];
  #pending = '';

  /** `channel` names the channel of a stream. */
  constructor(port: number, streams: number, channel: (stream: number) => string) {
    for (let stream = 0; stream < streams; stream += 1) {
      const { head, tail } = eventText(stream);
      const name = channel(stream);
      const length = head.length + digitsOf(0).length + tail.length;
      this.#heads.push(`*3\r\n$7\r\nPUBLISH\r\n$${name.length}\r\n${name}\r\n$${length}\r\n${head}`);
      this.#tails.push(`${tail}\r\n`);
    }
    this.#socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: { buffer: READ_BUFFER, callback: (length) => this.#read(length) },
    });
    this.#socket.on('error', () => {
      this.failures += 1;
    });
  }

  publish(number: number, stream: number): boolean {
    if (this.#socket.writableLength + this.#pending.length > MAXIMUM_UNSENT_BYTES) return false;
    this.#pending += (this.#heads[stream] ?? '') + digitsOf(number) + (this.#tails[stream] ?? '');
    return true;
  }

  flush(): void {
    if (this.#pending === '') return;
    this.#socket.write(this.#pending, 'latin1');
    this.#pending = '';
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Replies are counts of receivers, `:1\r\n`; an error begins with a dash and ends in text. */
  #read(length: number): boolean {
    if (READ_BUFFER.subarray(0, length).includes(ERROR_MARK)) this.failures += 1;
    return true;
  }
}
