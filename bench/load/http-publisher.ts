import { connect, type Socket } from 'node:net';
import { digitsOf, eventText } from './event.ts';
import type { Publisher } from './publisher.ts';

export interface HttpPublisherOptions {
  readonly port: number;
  readonly path: string;
  /** Keep-alive connections, each with one request in flight. */
  readonly connections: number;
  readonly streams: number;
  /** The mutation, with one variable `$event`. */
  readonly mutation: string;
}

const READ_BUFFER = Buffer.alloc(64 * 1024);
/** Of the answers that are kept to show. */
const MAXIMUM_REASONS = 3;

/** Publishes by mutation. */
export class HttpPublisher implements Publisher {
  failures = 0;
  readonly ordered: boolean;
  /** The first answers that were errors. */
  readonly reasons: string[] = [];
  /** Told of each answer, after which its connection can publish again. */
  onAnswer: (number: number, isReceipt: boolean) => void = () => {};
  readonly #port: number;
  readonly #connections: Set<Connection> = new Set();
  readonly #idle: Connection[] = [];
  readonly #requests: readonly { readonly head: string; readonly tail: string }[];

  constructor(options: HttpPublisherOptions) {
    const { port, path, connections, streams, mutation } = options;
    this.#port = port;
    this.ordered = connections === 1;
    this.#requests = Array.from({ length: streams }, (_, stream) => {
      const event = eventText(stream);
      const head = `{"query":${JSON.stringify(mutation)},"variables":{"event":${event.head}`;
      const tail = `${event.tail}}}`;
      const length = head.length + digitsOf(0).length + tail.length;
      const start = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n`;
      return { head: `${start}Accept: application/json\r\nContent-Length: ${length}\r\n\r\n${head}`, tail };
    });
    for (let index = 0; index < connections; index += 1) {
      this.#idle.push(this.#open());
    }
  }

  publish(number: number, stream: number): boolean {
    // In turn, so that none is idle for long.
    const idle = this.#idle.shift();
    if (idle === undefined) return false;
    // Servers close keep-alive connections that were idle.
    const connection = idle.closed ? this.#open() : idle;
    const request = this.#requests[stream] ?? { head: '', tail: '' };
    connection.send(number, request.head + digitsOf(number) + request.tail);
    return true;
  }

  /** Connections that are open. */
  get connected(): number {
    return this.#connections.size;
  }

  get unanswered(): number {
    return [...this.#connections].filter(({ waiting }) => waiting).length;
  }

  flush(): void {}

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  #open(): Connection {
    const connection = new Connection(
      this.#port,
      (answer) => this.#answered(connection, answer),
      () => this.#connections.delete(connection),
    );
    this.#connections.add(connection);
    return connection;
  }

  #answered(connection: Connection, answer: string | undefined): void {
    const isReceipt = answer?.startsWith('HTTP/1.1 200') === true && !answer.includes('"errors"');
    if (!isReceipt) {
      this.failures += 1;
      if (this.reasons.length < MAXIMUM_REASONS) this.reasons.push(answer ?? 'the connection was closed');
    }
    this.#idle.push(connection);
    this.onAnswer(connection.number, isReceipt);
  }
}

/** One keep-alive connection. */
class Connection {
  /** Of the event in flight. */
  number = 0;
  /** A request is in flight. */
  waiting = false;
  closed = false;
  readonly #socket: Socket;
  readonly #answered: (answer: string | undefined) => void;
  #text = '';

  /** `answered` gets the whole response, or undefined when the connection has gone instead; `gone` is called when it has. */
  constructor(port: number, answered: (answer: string | undefined) => void, gone: () => void) {
    this.#answered = answered;
    this.#socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: { buffer: READ_BUFFER, callback: (length) => this.#read(length) },
    });
    this.#socket.on('error', () => {});
    this.#socket.once('close', () => {
      this.closed = true;
      gone();
      if (this.waiting) this.#settle(undefined);
    });
  }

  send(number: number, request: string): void {
    this.number = number;
    this.waiting = true;
    this.#socket.write(request, 'latin1');
  }

  close(): void {
    this.waiting = false;
    this.#socket.destroy();
  }

  #read(length: number): boolean {
    this.#text += READ_BUFFER.toString('latin1', 0, length);
    if (this.waiting && isWhole(this.#text)) {
      const answer = this.#text;
      this.#text = '';
      this.#settle(answer);
    }
    return true;
  }

  #settle(answer: string | undefined): void {
    this.waiting = false;
    this.#answered(answer);
  }
}

function isWhole(response: string): boolean {
  const end = response.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const head = response.slice(0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) return response.length - end - 4 >= Number(length);
  return response.endsWith('\r\n0\r\n\r\n');
}
