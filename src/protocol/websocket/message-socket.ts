/** `stuck`: the bound is crossed or a message was dropped; nothing after that message was handed over. */
export type SendOutcome = 'sent' | 'stuck' | 'closed';

/** The few things that the protocol asks of a socket. Implemented by transport/; no method throws. */
export interface MessageSocket {
  /**
   * Sends text messages (UTF-8) in order, as one write where the system allows. The bytes are copied before it returns.
   * Stops behind the message after which more than `maxBufferedBytes` wait in memory for the peer.
   */
  send(messages: readonly (string | Uint8Array)[], maxBufferedBytes: number): SendOutcome;
  /** Sends a close frame; the reason is at most 123 bytes of UTF-8. Does nothing on a closed socket. */
  close(code: number, reason: string): void;
}
