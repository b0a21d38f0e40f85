import type { Logger } from '../log/logger.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { Operations } from '../operation/port.ts';
import type { Clock } from '../time/clock.ts';

export interface ListenerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly operations: Operations;
  readonly metrics: GatewayMetrics;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The public port. */
export interface Listener {
  readonly port: number;
  /** Stops accepting, waits at most `deadlineMs` for single operations in flight, closes sockets with 1012 (P34). Idempotent. */
  close(deadlineMs: number): Promise<void>;
}

/** Starts the public listener. Rejects with PortInUseError when another process has the port. */
export declare function listen(options: ListenerOptions): Promise<Listener>;
