/** How many bytes may wait in memory because the peer does not read. */
export interface BufferBounds {
  /** From here on the socket is full: its sources should pause. */
  readonly pauseAtBufferedBytes: number;
  /** Beyond it the socket is stuck. */
  readonly maxBufferedBytes: number;
}

/**
 * `full`: everything was handed over, and at least `pauseAtBufferedBytes` wait; the connection is told of every byte that leaves.
 * `stuck`: `maxBufferedBytes` is crossed or a message was dropped; nothing after that message was handed over.
 */
export type SendOutcome = 'sent' | 'full' | 'stuck' | 'closed';

/** The few things that the protocol asks of a socket. Implemented by transport/; no method throws. */
export interface MessageSocket {
  /**
   * Sends text messages (UTF-8) in order, as one write where the system allows. The bytes are copied before it returns.
   * Stops behind the message after which more than `maxBufferedBytes` wait in memory for the peer.
   */
  send(messages: readonly (string | Uint8Array)[], bounds: BufferBounds): SendOutcome;
  /** Sends a close frame; the reason is at most 123 bytes of UTF-8. Does nothing on a closed socket. */
  close(code: number, reason: string): void;
}
