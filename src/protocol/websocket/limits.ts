import { LOOPBACK_LIMITS } from '../../config/limit-options.ts';
import type { BufferBounds } from './message-socket.ts';

/** Bounds on one WebSocket connection. */
export interface ConnectionLimits extends BufferBounds {
  /** P3: milliseconds from the open socket to its `connection_init`. Default 3,000; then 4408. */
  readonly initTimeoutMs: number;
  /** P17: bytes of one message. Default 2 MiB, so that an event of 1 MiB fits with its escapes; over it 4400. */
  readonly maxMessageBytes: number;
  /** P28: bytes of an operation id. Default 256; over it 4400. */
  readonly maxIdBytes: number;
  /** A21: subscriptions at once. Default 100; the next one is refused with LIMIT_EXCEEDED. */
  readonly maxSubscriptions: number;
  /** Queries and mutations that run at once. Default 100; the next one is refused with LIMIT_EXCEEDED. */
  readonly maxOperationsInFlight: number;
  /**
   * P36: while so many bytes wait in memory, because the peer reads slowly, its subscriptions hold back: a replayable one reads
   * its log later, an ephemeral one drops and says so. Default 512 KiB.
   */
  readonly pauseAtBufferedBytes: number;
  /**
   * P34: bytes that may wait in memory because the peer does not read. Default 4 MiB; the message that crosses it still waits,
   * then 1013, counted as `slow_connection`.
   */
  readonly maxBufferedBytes: number;
  /**
   * P34: milliseconds for which a socket that is full (`pauseAtBufferedBytes`) may take not one byte more. Default 30,000; then
   * 1013, counted as `slow_connection`. For a peer that still says something but does not read: the idle time-out finds the rest.
   */
  readonly stuckTimeoutMs: number;
  /** P100: milliseconds between two looks at what a client that asked for progress has not been told. Default 10,000. */
  readonly keepAliveMs: number;
}

const { maxMessageBytes, maxSubscriptions, maxOperationsInFlight } = LOOPBACK_LIMITS;

export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = {
  initTimeoutMs: 3_000,
  maxMessageBytes,
  maxIdBytes: 256,
  maxSubscriptions,
  maxOperationsInFlight,
  pauseAtBufferedBytes: 524_288,
  maxBufferedBytes: 4_194_304,
  stuckTimeoutMs: 30_000,
  keepAliveMs: 10_000,
};
