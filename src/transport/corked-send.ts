import type { WebSocket } from 'uWebSockets.js';
import type { BufferBounds, SendOutcome } from '../protocol/websocket/message-socket.ts';

/** Results of uWebSockets.js `send`: 0 waits in memory, 1 is on its way, 2 was dropped and is never success. */
const BUFFERED = 0;
const DROPPED = 2;

const NONE: readonly (string | Uint8Array)[] = [];

/**
 * Sends several messages to a socket inside one cork, so that they leave in as few system calls as the bytes need. One instance
 * serves all sockets of a listener, one call at a time: a closure or a result object per subscriber and batch would be garbage on the
 * hottest path.
 */
export class CorkedSend {
  /** Bytes that waited in memory for the peer after the last send. */
  waitingBytes = 0;
  #socket: WebSocket<unknown> | undefined;
  #messages: readonly (string | Uint8Array)[] = NONE;
  #maxBufferedBytes = 0;
  #stuck = false;
  readonly #run: () => void = () => {
    const socket = this.#socket;
    if (socket === undefined) return;
    for (const message of this.#messages) if (!this.#sendOne(socket, message)) return;
  };

  /** See `MessageSocket.send`. */
  send(socket: WebSocket<unknown>, messages: readonly (string | Uint8Array)[], bounds: BufferBounds): SendOutcome {
    this.#maxBufferedBytes = bounds.maxBufferedBytes;
    this.#stuck = false;
    this.waitingBytes = 0;
    const first = messages[0];
    if (messages.length === 1 && first !== undefined) this.#sendOne(socket, first);
    else this.#sendAll(socket, messages);
    if (this.#stuck) return 'stuck';
    return this.waitingBytes >= bounds.pauseAtBufferedBytes ? 'full' : 'sent';
  }

  #sendAll(socket: WebSocket<unknown>, messages: readonly (string | Uint8Array)[]): void {
    this.#socket = socket;
    this.#messages = messages;
    socket.cork(this.#run);
    this.#socket = undefined;
    this.#messages = NONE;
    // What the cork held is written when it ends: no result of a send says whether it found the socket full.
    this.waitingBytes = socket.getBufferedAmount();
  }

  /** False when nothing more is to be sent. */
  #sendOne(socket: WebSocket<unknown>, message: string | Uint8Array): boolean {
    const result = socket.send(message, false, false);
    if (result !== BUFFERED && result !== DROPPED) return true;
    this.waitingBytes = socket.getBufferedAmount();
    this.#stuck = result === DROPPED || this.waitingBytes > this.#maxBufferedBytes;
    return !this.#stuck;
  }
}
