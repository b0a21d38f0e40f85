import type { Logger } from '../log/logger.ts';
import type { ClientCaller } from '../operation/callers/callers.ts';
import { SERVICE_RESTART } from '../protocol/disconnect.ts';
import type { Clock } from '../time/clock.ts';

/** What a WebSocket has done when it is over. */
export interface ClosedConnection {
  readonly caller: ClientCaller;
  readonly subprotocol: string | undefined;
  /** Monotonic milliseconds. */
  readonly openedAt: number;
  readonly operations: number;
  /** Of messages, without the frames around them. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** 1006 when there was no close frame. */
  readonly code: number;
  /** The reason in the close frame; the client's own words when the client closed. */
  readonly reason: string;
}

/** Codes from here on are the application's: errors of clients and refusals (P2 to P10). */
const FIRST_OF_APPLICATION = 4_000;

/** One line for each WebSocket, when it is over: `debug` when it ended as connections do, `info` when it was ended for a fault. */
export function logClosed(log: Logger, clock: Clock, closed: ClosedConnection): void {
  const say = isFault(closed.code) ? log.info : log.debug;
  say?.('connection closed', {
    connection: closed.caller.id,
    address: closed.caller.address,
    subprotocol: closed.subprotocol,
    code: closed.code,
    reason: closed.reason === '' ? undefined : closed.reason,
    seconds: Math.round(clock.monotonic() - closed.openedAt) / 1_000,
    operations: closed.operations,
    bytesIn: closed.bytesIn,
    bytesOut: closed.bytesOut,
  });
}

/** 1000, 1001, 1005 and 1006 are how clients leave; 1012 is how this server does. */
function isFault(code: number): boolean {
  return code >= FIRST_OF_APPLICATION || (code > 1_006 && code !== SERVICE_RESTART);
}
