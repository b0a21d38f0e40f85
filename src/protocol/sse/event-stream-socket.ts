import type { BufferBounds, SendOutcome } from '../websocket/message-socket.ts';

/**
 * The few things that an event stream asks of its HTTP response, whose head was written already. Implemented by transport/; no
 * method throws. After `end` or `drop`, and once the client is gone, all of them do nothing.
 */
export interface EventStreamSocket {
  /** Bytes that wait in memory for the peer, where that is known. */
  readonly waitingBytes?: number;
  /**
   * Sends whole blocks (UTF-8) in order, as one write where the system allows. Blocks of bytes may be kept until the peer has
   * taken them, and are never changed.
   */
  send(blocks: readonly (string | Uint8Array)[], bounds: BufferBounds): SendOutcome;
  /** Ends the body behind what was sent; the connection lives on. */
  end(): void;
  /** Cuts the connection, with all that waits for it. */
  drop(): void;
}
