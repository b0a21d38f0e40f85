import { connect, type Socket } from 'node:net';
import { FrameReader, type FrameSink } from './frame-reader.ts';

/** What a connection tells the audience that it belongs to. */
export interface SubscriberEvents {
  /** The subscription has been sent. */
  subscribed(): void;
  /** The event with this number has come to the connection. */
  delivered(connection: number, number: number): void;
  /** The server ended the connection or refused something; `reason` is for people. Called once. */
  lost(connection: number, reason: string): void;
}

export interface SubscriberOptions {
  /** Counted from 0. */
  readonly connection: number;
  readonly port: number;
  readonly path: string;
  /** The whole `subscribe` message. */
  readonly subscribe: string;
}

/** Every event holds its number as the text `"n":"000000123"`. */
export const NUMBER_DIGITS = 9;
const MARKER = Buffer.from('"n":"');
const [QUOTE, COLON, LETTER_N] = [0x22, 0x3a, 0x6e];
const DIGIT_ZERO = 0x30;
const PING = 9;
const PONG = 10;

/** Linux searches long for a free port where half of an address's ports are taken. */
const CONNECTIONS_PER_ADDRESS = 4_000;

/** All of 127.0.0.0/8 is this machine. */
function localAddress(connection: number): string {
  return `127.0.0.${1 + Math.floor(connection / CONNECTIONS_PER_ADDRESS)}`;
}

/** All connections read into the same buffer: what is in it is dealt with before the next read. */
const READ_BUFFER = Buffer.alloc(256 * 1024);

/**
 * One client connection of graphql-transport-ws with one subscription, made so that a delivery costs the generator little: it reads
 * only the event's number, at the place where it was in the event before.
 */
export class Subscriber implements FrameSink {
  readonly #options: SubscriberOptions;
  readonly #events: SubscriberEvents;
  readonly #reader: FrameReader = new FrameReader(this);
  readonly #socket: Socket;
  #state: 'upgrading' | 'initializing' | 'live' | 'over' = 'upgrading';
  #response = '';
  /** Of the number's first digit, from the start of the message. */
  #offset: number = MARKER.length;

  constructor(options: SubscriberOptions, events: SubscriberEvents) {
    this.#options = options;
    this.#events = events;
    this.#socket = connect({
      host: '127.0.0.1',
      port: options.port,
      localAddress: localAddress(options.connection),
      noDelay: true,
      onread: { buffer: READ_BUFFER, callback: (length) => this.#read(length) },
    });
    this.#socket.once('error', (error) => this.#lost(error.message));
    this.#socket.once('close', () => this.#lost('closed by the server'));
    this.#socket.write(
      `GET ${options.path} HTTP/1.1\r\nHost: 127.0.0.1:${options.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        'Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
      'latin1',
    );
  }

  /** Ends the connection; nothing is told any more. */
  close(): void {
    this.#state = 'over';
    this.#socket.destroy();
  }

  text(bytes: Buffer, start: number, end: number): void {
    const at = start + this.#offset;
    if (
      at + NUMBER_DIGITS < end &&
      bytes[at - 1] === QUOTE &&
      bytes[at - 2] === COLON &&
      bytes[at - 3] === QUOTE &&
      bytes[at - 4] === LETTER_N &&
      bytes[at - 5] === QUOTE &&
      bytes[at + NUMBER_DIGITS] === QUOTE
    ) {
      let number = 0;
      for (let digit = at; digit < at + NUMBER_DIGITS; digit += 1) {
        number = number * 10 + (bytes[digit] as number) - DIGIT_ZERO;
      }
      this.#events.delivered(this.#options.connection, number);
    } else this.#otherText(bytes, start, end);
  }

  control(opcode: number, payload: Buffer): void {
    if (opcode === PING) this.#send(PONG, payload);
    else if (opcode !== PONG) {
      const code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
      this.#lost(`closed with ${code} ${payload.subarray(2).toString()}`);
    }
  }

  #read(length: number): boolean {
    if (this.#state === 'over') return false;
    if (this.#state === 'upgrading') this.#readResponse(length);
    else this.#reader.read(READ_BUFFER, 0, length);
    return true;
  }

  #readResponse(length: number): void {
    const known = this.#response.length;
    this.#response += READ_BUFFER.toString('latin1', 0, length);
    const end = this.#response.indexOf('\r\n\r\n');
    if (end === -1) return;
    if (!this.#response.startsWith('HTTP/1.1 101')) {
      this.#lost(`no upgrade: ${this.#response.slice(0, 200)}`);
      return;
    }
    this.#response = '';
    this.#state = 'initializing';
    this.#sendText('{"type":"connection_init"}');
    this.#reader.read(READ_BUFFER, end + 4 - known, length);
  }

  /** Anything but an event whose number lies where it did before. */
  #otherText(bytes: Buffer, start: number, end: number): void {
    const message = bytes.subarray(start, end);
    const marker = message.indexOf(MARKER);
    const offset = marker + MARKER.length;
    if (marker !== -1 && message[offset + NUMBER_DIGITS] === QUOTE && offset !== this.#offset) {
      this.#offset = offset;
      this.text(bytes, start, end);
      return;
    }
    const text = message.toString();
    const { type } = JSON.parse(text) as { readonly type?: string };
    if (type === 'ping') this.#sendText('{"type":"pong"}');
    else if (type === 'connection_ack' && this.#state === 'initializing') {
      this.#state = 'live';
      this.#sendText(this.#options.subscribe);
      this.#events.subscribed();
    } else if (type !== 'pong') this.#lost(`unexpected: ${text.slice(0, 300)}`);
  }

  #sendText(text: string): void {
    this.#send(1, Buffer.from(text));
  }

  /** A client's frames must be masked; a mask of zeros leaves the payload as it is. */
  #send(opcode: number, payload: Buffer): void {
    const length = payload.length;
    const head = length < 126 ? Buffer.alloc(6) : Buffer.alloc(8);
    head[0] = 0x80 | opcode;
    head[1] = 0x80 | (length < 126 ? length : 126);
    if (length >= 126) head.writeUInt16BE(length, 2);
    this.#socket.write(Buffer.concat([head, payload]));
  }

  #lost(reason: string): void {
    if (this.#state === 'over') return;
    this.close();
    this.#events.lost(this.#options.connection, reason);
  }
}
