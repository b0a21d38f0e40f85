import type { Logger } from '../../log/logger.ts';
import type { Operations } from '../../operation/port.ts';
import type { Clock } from '../../time/clock.ts';
import { Timeouts } from '../../time/timeouts.ts';
import type { DropCounter } from '../drop-counter.ts';
import type { MemoryGate } from '../memory-gate.ts';
import type { ConnectionLimits } from './limits.ts';
import type { KeptAlive } from './progress-reports.ts';

/** What a listener gives to its connections. */
export interface ConnectionContextOptions {
  readonly operations: Operations;
  readonly limits: ConnectionLimits;
  readonly clock: Clock;
  readonly drops: DropCounter;
  readonly memory: MemoryGate;
  readonly log: Logger;
}

/** A connection before its `connection_init`. */
export interface AwaitsInit {
  /** P3: it has been open for `initTimeoutMs`. */
  initTimedOut(): void;
}

/** What all connections of a listener share. */
export interface ConnectionContext extends ConnectionContextOptions {
  /** P3: those that have not said `connection_init`. */
  readonly initTimeouts: Timeouts<AwaitsInit>;
  /** P100: those whose clients asked for progress. */
  readonly keepAlives: Timeouts<KeptAlive>;
}

/** Made once for each listener. */
export function connectionContext(options: ConnectionContextOptions): ConnectionContext {
  const { clock, limits } = options;
  return {
    ...options,
    initTimeouts: new Timeouts(clock, limits.initTimeoutMs, (connection) => connection.initTimedOut()),
    keepAlives: new Timeouts(clock, limits.keepAliveMs, (reports) => reports.keepAlive()),
  };
}
