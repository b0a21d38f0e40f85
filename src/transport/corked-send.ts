import type { WebSocket } from 'uWebSockets.js';
import type { BufferBounds, SendOutcome } from '../protocol/websocket/message-socket.ts';

/** Results of uWebSockets.js `send`: 0 waits in memory, 1 is on its way, 2 was dropped and is never success. */
const BUFFERED = 0;
const DROPPED = 2;

const UNBOUNDED: BufferBounds = { pauseAtBufferedBytes: Infinity, maxBufferedBytes: Infinity };
const NONE: readonly (string | Uint8Array)[] = [];

/**
 * Sends several messages to a socket inside one cork, so that they leave in as few system calls as the bytes need. One instance
 * serves all sockets of a listener, one call at a time: a closure per subscriber and batch would be garbage on the hottest path.
 */
export class CorkedSend {
  #socket: WebSocket<unknown> | undefined;
  #messages: readonly (string | Uint8Array)[] = NONE;
  #bounds: BufferBounds = UNBOUNDED;
  #outcome: SendOutcome = 'sent';
  readonly #run: () => void = () => {
    const socket = this.#socket;
    if (socket === undefined) return;
    for (const message of this.#messages) {
      this.#outcome = sendOne(socket, message, this.#bounds);
      if (this.#outcome === 'stuck') return;
    }
  };

  /** See `MessageSocket.send`. */
  send(socket: WebSocket<unknown>, messages: readonly (string | Uint8Array)[], bounds: BufferBounds): SendOutcome {
    const first = messages[0];
    if (first === undefined) return 'sent';
    if (messages.length === 1) return sendOne(socket, first, bounds);
    this.#socket = socket;
    this.#messages = messages;
    this.#bounds = bounds;
    socket.cork(this.#run);
    this.#socket = undefined;
    this.#messages = NONE;
    return this.#outcome;
  }
}

function sendOne(socket: WebSocket<unknown>, message: string | Uint8Array, bounds: BufferBounds): SendOutcome {
  const result = socket.send(message, false, false);
  if (result === DROPPED) return 'stuck';
  if (result !== BUFFERED) return 'sent';
  const waiting = socket.getBufferedAmount();
  if (waiting > bounds.maxBufferedBytes) return 'stuck';
  return waiting >= bounds.pauseAtBufferedBytes ? 'full' : 'sent';
}
