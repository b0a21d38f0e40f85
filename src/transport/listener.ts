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
import type { ConnectionsReading } from '../metrics/readings.ts';
import { type Callers, type ClientCaller, UNLIMITED_CALLER } from '../operation/callers/callers.ts';
import type { Operations } from '../operation/port.ts';
import { DRAINING } from '../protocol/disconnect.ts';
import type { DeveloperPage } from '../protocol/graphiql/site.ts';
import { type AddressSource, clientAddress, type ProxyTrust } from '../protocol/http/client-address.ts';
import { GraphqlEndpoint } from '../protocol/http/graphql-endpoint.ts';
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from '../protocol/http/limits.ts';
import { UNLIMITED_MEMORY } from '../protocol/memory-gate.ts';
import { slowest } from '../protocol/slowest.ts';
import { DEFAULT_EVENT_STREAM_LIMITS, type EventStreamLimits } from '../protocol/sse/limits.ts';
import { connectionContext } from '../protocol/websocket/connection-context.ts';
import { type ConnectionLimits, DEFAULT_CONNECTION_LIMITS } from '../protocol/websocket/limits.ts';
import type { Clock } from '../time/clock.ts';
import { drainSpreadMs, leftAfter, shuffled } from './drain-pace.ts';
import { registerHttp } from './http.ts';
import { MemoryWatermark } from './memory-watermark.ts';
import { whyNotListening } from './port-in-use.ts';
import { WaitingBytes } from './waiting-bytes.ts';
import { WebSocketRoute } from './websocket.ts';

export { ListenError, PortInUseError } from './port-in-use.ts';

export interface ListenerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** May the other workers of this server listen there too? The system then spreads connections over them. Needs a port other than 0. */
  readonly sharesPort?: boolean;
  readonly operations: Operations;
  /** A20, A22: limits on clients. Default: none. */
  readonly callers?: Callers;
  /** A9: whose X-Forwarded-For tells the address of a client. Default: nobody's. */
  readonly proxyTrust?: ProxyTrust;
  readonly metrics: GatewayMetrics;
  readonly clock: Clock;
  readonly log: Logger;
  /**
   * A1, A5: origins whose pages may open WebSockets and read answers, such as `https://app.example.org`, compared exactly.
   * Default: pages of the same host, and loopback pages on a loopback host.
   */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** GraphiQL, under `--dev`. Default: there is none. */
  readonly developerPage?: DeveloperPage | undefined;
  /** Bounds that differ from `DEFAULT_CONNECTION_LIMITS`. */
  readonly connectionLimits?: Partial<ConnectionLimits>;
  /** Bounds that differ from `DEFAULT_HTTP_LIMITS`. */
  readonly httpLimits?: Partial<HttpLimits>;
  /** Bounds that differ from `DEFAULT_EVENT_STREAM_LIMITS`. */
  readonly eventStreamLimits?: Partial<EventStreamLimits>;
  /**
   * P30: a WebSocket on which nothing moves for so many seconds is pinged, and dropped when it does not answer in time.
   * 8 to 960; default 30. uWebSockets.js counts in steps of 4.
   */
  readonly idleTimeoutSeconds?: number;
  /** Bytes above which nothing new is taken on and the slowest connections are shed (`MemoryWatermark`). Default, and 0: no bound. */
  readonly maxMemoryBytes?: number;
  /** Resident bytes of the process. Default: what the system says. */
  readonly readMemory?: () => number;
}

/** The public port. */
export interface Listener {
  readonly port: number;
  /** Those that are open; at most `limit` of them one by one. */
  connections(limit: number): ConnectionsReading;
  /**
   * F23: stops accepting; then connections leave in random order, WebSockets with 1012 (P34), event streams with a `retry:` (P50),
   * spread over at most `spreadMs` (`drainSpreadMs`; default 0: all at once). Until its turn a connection is served as ever; then its
   * queries and mutations in flight are answered, within `deadlineMs` after the last turn. Idempotent.
   */
  close(deadlineMs: number, spreadMs?: number): Promise<void>;
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
  const { callers, proxyTrust = { type: 'none' } } = options;
  const callerOf = (source: AddressSource, named?: boolean): ClientCaller =>
    callers?.caller(() => clientAddress(source, proxyTrust), named) ?? UNLIMITED_CALLER;
  const waiting = new WaitingBytes();
  metrics.waitingBytes = () => waiting.total;
  const { maxMemoryBytes = 0 } = options;
  const memory = maxMemoryBytes > 0 ? watermark(options, maxMemoryBytes, waiting) : undefined;
  const webSockets = new WebSocketRoute({
    context: connectionContext({
      operations,
      limits: { ...DEFAULT_CONNECTION_LIMITS, ...options.connectionLimits },
      clock,
      drops: metrics,
      memory: memory ?? UNLIMITED_MEMORY,
      log,
    }),
    metrics,
    waiting,
    allowedOrigins: options.allowedOrigins,
    callerOf,
    idleTimeoutSeconds: options.idleTimeoutSeconds ?? DEFAULT_IDLE_TIMEOUT_SECONDS,
  });
  const endpoint = new GraphqlEndpoint({
    operations,
    limits: { ...DEFAULT_HTTP_LIMITS, ...options.httpLimits },
    streamLimits: { ...DEFAULT_EVENT_STREAM_LIMITS, ...options.eventStreamLimits },
    allowedOrigins: options.allowedOrigins,
    callerOf,
    memory: memory ?? UNLIMITED_MEMORY,
    drops: metrics,
    clock,
    log,
    random: Math.random,
    developerPage: options.developerPage,
  });
  webSockets.register(app);
  registerHttp(app, endpoint, { clock, metrics, waiting });
  const listenSocket = listenOn(app, host, port, options.sharesPort === true ? SHARED_PORT : EXCLUSIVE_PORT);
  if (listenSocket === false) {
    app.close();
    memory?.close();
    throw await whyNotListening(host, port);
  }

  // The pauses keep the process alive, unlike the clock's: what closes after the listener must not be cut off.
  async function close(deadlineMs: number, maxSpreadMs: number): Promise<void> {
    us_listen_socket_close(listenSocket as us_listen_socket);
    const hadSockets = webSockets.connections.size > 0 || endpoint.inFlight > 0;
    const leavers = shuffled([...webSockets.drain(), ...endpoint.drain()], Math.random);
    const spreadMs = drainSpreadMs(leavers.length, maxSpreadMs);
    if (leavers.length > 0) log.info('connections leave', { connections: leavers.length, spreadMs });
    const start = clock.monotonic();
    for (let left = 0; left < leavers.length; ) {
      const due = leftAfter(leavers.length, clock.monotonic() - start, spreadMs);
      for (const leaver of leavers.slice(left, due)) leaver.drain();
      left = due;
      if (left < leavers.length) await pause(DRAIN_POLL_MS);
    }
    const until = clock.monotonic() + deadlineMs;
    const busy = (): boolean => webSockets.connections.size > 0 || endpoint.inFlight > 0;
    const waited = busy();
    while (busy() && clock.monotonic() < until) await pause(DRAIN_POLL_MS);
    for (const connection of [...webSockets.connections.keys()]) connection.disconnect(DRAINING);
    if (hadSockets || waited) await pause(LINGER_MS);
    memory?.close();
    app.close();
  }

  let closing: Promise<void> | undefined;
  return {
    port: us_socket_local_port(listenSocket),
    connections(limit) {
      const open = [...webSockets.slowest(limit), ...endpoint.slowestStreams(limit)];
      return {
        total: webSockets.connections.size + endpoint.openStreams,
        slowest: slowest(open, limit, (reading) => reading.waitingBytes),
      };
    },
    close(deadlineMs, spreadMs = 0) {
      closing ??= close(deadlineMs, spreadMs);
      return closing;
    },
  };
}

function watermark(options: ListenerOptions, maxBytes: number, waiting: WaitingBytes): MemoryWatermark {
  const { clock, metrics, log, readMemory = () => process.memoryUsage.rss() } = options;
  return new MemoryWatermark({
    maxBytes,
    readMemory,
    waiting,
    clock,
    drops: metrics,
    onChange(above, bytes) {
      const fields = { bytes, maxMemory: maxBytes };
      if (above)
        log.warn('memory is above its bound: nothing new is taken on, the slowest connections are shed', fields);
      else log.info('memory is below its bound again', fields);
    },
  });
}

/** LIBUS_LISTEN_EXCLUSIVE_PORT, under a name that the types of uWebSockets.js do not export. */
const EXCLUSIVE_PORT = 1;
/** LIBUS_LISTEN_DEFAULT: SO_REUSEPORT, which other sockets of the same user may join. */
const SHARED_PORT = 0;

/** uWebSockets.js takes a host together with options, but its types do not say so. */
type ListenOnHost = (
  host: string,
  port: number,
  options: number,
  callback: (listenSocket: us_listen_socket | false) => void,
) => TemplatedApp;

/** A76: on a shared port two servers would steal each other's clients, so only the workers of one server ask for that. */
function listenOn(app: TemplatedApp, host: string, port: number, option: number): us_listen_socket | false {
  let result: us_listen_socket | false = false;
  const listenOnHost: ListenOnHost = app.listen.bind(app) as unknown as ListenOnHost;
  // The callback is called before `listen` returns.
  listenOnHost(host, port, option, (listenSocket) => {
    result = listenSocket;
  });
  return result;
}
