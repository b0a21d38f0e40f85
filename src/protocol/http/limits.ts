import { LOOPBACK_LIMITS } from '../../config/limit-options.ts';

/** Bounds on one HTTP request. */
export interface HttpLimits {
  /** P67: bytes of a request body. Default 4 MiB; over it 413, before more is buffered. */
  readonly maxBodyBytes: number;
  /** P67: bytes of path and query. Default 2,048; over it 414. uWebSockets.js refuses heads over 4 kB itself. */
  readonly maxUrlBytes: number;
  /** A35: milliseconds from the head of a request to the end of its body. Default 30,000; then 408. */
  readonly bodyTimeoutMs: number;
}

const { maxBodyBytes, maxUrlBytes } = LOOPBACK_LIMITS;

export const DEFAULT_HTTP_LIMITS: HttpLimits = { maxBodyBytes, maxUrlBytes, bodyTimeoutMs: 30_000 };
