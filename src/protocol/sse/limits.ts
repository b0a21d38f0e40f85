import type { BufferBounds } from '../websocket/message-socket.ts';

/** Bounds on one event stream. */
export interface EventStreamLimits extends BufferBounds {
  /**
   * P44: milliseconds between two looks at one stream, default 2,500. After three of them without a word its client gets a
   * keep-alive, so a silence lasts at most four: 10 s.
   */
  readonly lookMs: number;
  /** P36: see `ConnectionLimits.pauseAtBufferedBytes`. Default 512 KiB. */
  readonly pauseAtBufferedBytes: number;
  /** P36: bytes that may wait in memory because the peer does not read. Default 4 MiB; beyond it the response is cut, counted. */
  readonly maxBufferedBytes: number;
  /** P50: milliseconds after which a client is asked to come back from a server that drains, at least. Default 1,000. */
  readonly retryMinMs: number;
  /** P50: and at most, so that they do not all come back at once. Default 5,000. */
  readonly retryMaxMs: number;
}

export const DEFAULT_EVENT_STREAM_LIMITS: EventStreamLimits = {
  lookMs: 2_500,
  pauseAtBufferedBytes: 524_288,
  maxBufferedBytes: 4_194_304,
  retryMinMs: 1_000,
  retryMaxMs: 5_000,
};

/** P44: looks without a word to a client before it gets a keep-alive. */
export const QUIET_LOOKS = 3;

/**
 * P36: looks at a stream that is full without one byte leaving before it is cut: 5 to 7.5 s by default. uWebSockets.js cuts an HTTP
 * response that takes nothing for 8 to 12 s by itself, without saying why.
 */
export const STUCK_LOOKS = 3;
