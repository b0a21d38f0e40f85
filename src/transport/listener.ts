import {
  App,
  type TemplatedApp,
  type us_listen_socket,
  us_listen_socket_close,
  us_socket_local_port,
} from 'uWebSockets.js';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../log/logger.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { Operations } from '../operation/port.ts';
import { DRAINING } from '../protocol/disconnect.ts';
import { DEFAULT_HTTP_LIMITS, GraphqlEndpoint, type HttpLimits } from '../protocol/http/graphql-endpoint.ts';
import { type ConnectionLimits, DEFAULT_CONNECTION_LIMITS } from '../protocol/websocket/limits.ts';
import type { Clock } from '../time/clock.ts';
import { registerHttp } from './http.ts';
import { whyNotListening } from './port-in-use.ts';
import { WebSocketRoute } from './websocket.ts';

export { ListenError, PortInUseError } from './port-in-use.ts';

export interface ListenerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly operations: Operations;
  readonly metrics: GatewayMetrics;
  readonly clock: Clock;
  readonly log: Logger;
  /**
   * A1: origins whose pages may open WebSockets, such as `https://app.example.org`, compared exactly. Default: pages of the same
   * host, and loopback pages on a loopback host.
   */
  readonly allowedOrigins?: readonly string[];
  /** Bounds that differ from `DEFAULT_CONNECTION_LIMITS`. */
  readonly connectionLimits?: Partial<ConnectionLimits>;
  /** Bounds that differ from `DEFAULT_HTTP_LIMITS`. */
  readonly httpLimits?: Partial<HttpLimits>;
  /**
   * P30: a WebSocket on which nothing moves for so many seconds is pinged, and dropped when it does not answer in time.
   * 8 to 960; default 30. uWebSockets.js counts in steps of 4.
   */
  readonly idleTimeoutSeconds?: number;
}

/** The public port. */
export interface Listener {
  readonly port: number;
  /** Stops accepting, waits at most `deadlineMs` for single operations in flight, closes sockets with 1012 (P34). Idempotent. */
  close(deadlineMs: number): Promise<void>;
}

const DEFAULT_IDLE_TIMEOUT_SECONDS = 30;

/** Close frames and last responses get this long to leave before the sockets are torn down, in milliseconds. */
const LINGER_MS = 250;
/** How often `close` looks whether the operations in flight have ended, in milliseconds. */
const DRAIN_POLL_MS = 20;

/** Starts the public listener. Rejects with PortInUseError when another process has the port, ListenError for any other reason. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { host, port, operations, metrics, clock, log } = options;
  const app = App();
  const webSockets = new WebSocketRoute({
    context: {
      operations,
      limits: { ...DEFAULT_CONNECTION_LIMITS, ...options.connectionLimits },
      clock,
      drops: metrics,
      log,
    },
    metrics,
    allowedOrigins: options.allowedOrigins,
    idleTimeoutSeconds: options.idleTimeoutSeconds ?? DEFAULT_IDLE_TIMEOUT_SECONDS,
  });
  const endpoint = new GraphqlEndpoint({
    operations,
    limits: { ...DEFAULT_HTTP_LIMITS, ...options.httpLimits },
    drops: metrics,
    log,
  });
  webSockets.register(app);
  registerHttp(app, endpoint, clock);
  const listenSocket = listenExclusively(app, host, port);
  if (listenSocket === false) {
    app.close();
    throw await whyNotListening(host, port);
  }

  // The pauses keep the process alive, unlike the clock's: what closes after the listener must not be cut off.
  async function close(deadlineMs: number): Promise<void> {
    const until = clock.monotonic() + deadlineMs;
    us_listen_socket_close(listenSocket as us_listen_socket);
    const hadSockets = webSockets.connections.size > 0;
    endpoint.drain();
    webSockets.drain();
    const busy = (): boolean => webSockets.connections.size > 0 || endpoint.inFlight > 0;
    const waited = busy();
    while (busy() && clock.monotonic() < until) await pause(DRAIN_POLL_MS);
    for (const connection of [...webSockets.connections]) connection.disconnect(DRAINING);
    if (hadSockets || waited) await pause(LINGER_MS);
    app.close();
  }

  let closing: Promise<void> | undefined;
  return {
    port: us_socket_local_port(listenSocket),
    close(deadlineMs) {
      closing ??= close(deadlineMs);
      return closing;
    },
  };
}

/** LIBUS_LISTEN_EXCLUSIVE_PORT, under a name that the types of uWebSockets.js do not export. */
const EXCLUSIVE_PORT = 1;

/** uWebSockets.js takes a host together with options, but its types do not say so. */
type ListenOnHost = (
  host: string,
  port: number,
  options: number,
  callback: (listenSocket: us_listen_socket | false) => void,
) => TemplatedApp;

/** A76: without the option two processes could share the port and steal each other's clients. */
function listenExclusively(app: TemplatedApp, host: string, port: number): us_listen_socket | false {
  let result: us_listen_socket | false = false;
  const listenOnHost: ListenOnHost = app.listen.bind(app) as unknown as ListenOnHost;
  // The callback is called before `listen` returns.
  listenOnHost(host, port, EXCLUSIVE_PORT, (listenSocket) => {
    result = listenSocket;
  });
  return result;
}
