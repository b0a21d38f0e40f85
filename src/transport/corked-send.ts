import type { WebSocket } from 'uWebSockets.js';

/** Results of uWebSockets.js `send`: 0 waits in memory, 1 is on its way, 2 was dropped and is never success. */
const BUFFERED = 0;
const DROPPED = 2;

const NONE: readonly (string | Uint8Array)[] = [];

/**
 * Sends several messages to a socket inside one cork, so that they leave in as few system calls as the bytes need. One instance
 * serves all sockets of a listener, one call at a time: a closure per subscriber and batch would be garbage on the hottest path.
 */
export class CorkedSend {
  #socket: WebSocket<unknown> | undefined;
  #messages: readonly (string | Uint8Array)[] = NONE;
  #maxBufferedBytes = 0;
  #accepted = true;
  readonly #run: () => void = () => {
    const socket = this.#socket;
    if (socket === undefined) return;
    for (const message of this.#messages) {
      this.#accepted = sendOne(socket, message, this.#maxBufferedBytes);
      if (!this.#accepted) return;
    }
  };

  /** False when a message was dropped or crossed the bound; what follows it was not sent. */
  send(socket: WebSocket<unknown>, messages: readonly (string | Uint8Array)[], maxBufferedBytes: number): boolean {
    const first = messages[0];
    if (first === undefined) return true;
    if (messages.length === 1) return sendOne(socket, first, maxBufferedBytes);
    this.#socket = socket;
    this.#messages = messages;
    this.#maxBufferedBytes = maxBufferedBytes;
    socket.cork(this.#run);
    this.#socket = undefined;
    this.#messages = NONE;
    return this.#accepted;
  }
}

function sendOne(socket: WebSocket<unknown>, message: string | Uint8Array, maxBufferedBytes: number): boolean {
  const result = socket.send(message, false, false);
  if (result === DROPPED) return false;
  return result !== BUFFERED || socket.getBufferedAmount() <= maxBufferedBytes;
}
