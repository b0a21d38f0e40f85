import type { WebSocket } from 'uWebSockets.js';
import type { BufferBounds, MessageSocket, SendOutcome } from '../protocol/websocket/message-socket.ts';
import type { CorkedSend } from './corked-send.ts';

/** A uWebSockets.js socket as the protocol sees it. Its methods throw once it is closed, so nothing calls them after that. */
export class UwsSocket implements MessageSocket {
  readonly #socket: WebSocket<unknown>;
  readonly #corked: CorkedSend;
  #open = true;

  constructor(socket: WebSocket<unknown>, corked: CorkedSend) {
    this.#socket = socket;
    this.#corked = corked;
  }

  send(messages: readonly (string | Uint8Array)[], bounds: BufferBounds): SendOutcome {
    if (!this.#open) return 'closed';
    return this.#corked.send(this.#socket, messages, bounds);
  }

  close(code: number, reason: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.end(code, reason);
  }

  /** To be called by the close handler, whoever closed. */
  closed(): void {
    this.#open = false;
  }
}
