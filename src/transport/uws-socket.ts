import type { WebSocket } from 'uWebSockets.js';
import { OVERLOADED, TRY_AGAIN_LATER } from '../protocol/disconnect.ts';
import type { Connection } from '../protocol/websocket/connection.ts';
import type { BufferBounds, MessageSocket, SendOutcome } from '../protocol/websocket/message-socket.ts';
import type { Timeouts } from '../time/timeouts.ts';
import type { CorkedSend } from './corked-send.ts';
import type { WaitingBytes, WaitingSocket } from './waiting-bytes.ts';

/** What all sockets of a listener share. */
export interface SocketContext {
  readonly corked: CorkedSend;
  readonly waiting: WaitingBytes;
  /** Those that are closed but still have to take what waits for them; when they fall due it is given up. */
  readonly lingering: Timeouts<UwsSocket>;
  /** The socket is closed, by whichever side. Called once. */
  over(socket: UwsSocket): void;
}

/**
 * A uWebSockets.js socket as the protocol sees it. Its methods throw once it is closed, so nothing calls them after that.
 *
 * open --close()--> over; or, while bytes wait for a slow peer, open --close()--> lingering --taken, given up--> over
 */
export class UwsSocket implements MessageSocket, WaitingSocket {
  readonly #context: SocketContext;
  /** Undefined once nothing may be called on it. */
  #socket: WebSocket<unknown> | undefined;
  /** Set right after it was made. */
  connection: Connection | undefined;
  waitingBytes = 0;
  /** Of messages that arrived; kept by the route. */
  bytesIn = 0;
  /** Of messages that were handed over. */
  bytesOut = 0;
  /** Why it is closed, as long as it lingers. */
  #lingersFor: string | undefined;

  constructor(socket: WebSocket<unknown>, context: SocketContext) {
    this.#socket = socket;
    this.#context = context;
  }

  send(messages: readonly (string | Uint8Array)[], bounds: BufferBounds): SendOutcome {
    const socket = this.#socket;
    if (socket === undefined || this.#lingersFor !== undefined) return 'closed';
    const { corked, waiting } = this.#context;
    const outcome = corked.send(socket, messages, bounds);
    for (const message of messages) {
      this.bytesOut += typeof message === 'string' ? Buffer.byteLength(message) : message.length;
    }
    // Where nothing waits, which is nearly always, there is nothing to count.
    if (corked.waitingBytes !== this.waitingBytes) waiting.update(this, corked.waitingBytes);
    // Short of memory: its sources hold back from the first byte that waits (P36).
    return outcome === 'sent' && this.waitingBytes > 0 && waiting.above ? 'full' : outcome;
  }

  /**
   * A slow peer finds the close frame behind what waits for it. uWebSockets.js would keep that for as long as its idle time-out, and
   * longer when the peer still says something; here it is given up after a while.
   */
  close(code: number, reason: string): void {
    if (this.#lingersFor !== undefined) return;
    if (code === TRY_AGAIN_LATER && this.waitingBytes > 0) {
      this.#lingersFor = reason;
      this.#context.lingering.add(this);
      this.#context.over(this);
    } else {
      this.#release()?.end(code, reason);
    }
  }

  /** To be called by the drain handler. */
  drained(): void {
    const bytes = this.#socket?.getBufferedAmount() ?? 0;
    this.#context.waiting.update(this, bytes);
    if (this.#lingersFor === undefined) this.connection?.flushed(bytes);
    else if (bytes === 0) this.#release()?.end(TRY_AGAIN_LATER, this.#lingersFor);
  }

  /** To be called by the close handler, whoever closed. */
  closed(): void {
    this.#release();
    if (this.#lingersFor === undefined) this.#context.over(this);
    this.connection?.closed();
  }

  shed(): boolean {
    const first = this.#lingersFor === undefined;
    if (first) this.connection?.disconnect(OVERLOADED);
    else this.giveUp();
    return first;
  }

  /** What waits is given up: the peer sees the connection end without a close frame. */
  giveUp(): void {
    this.#release()?.close();
  }

  #release(): WebSocket<unknown> | undefined {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#context.waiting.update(this, 0);
    this.#context.lingering.delete(this);
    return socket;
  }
}
