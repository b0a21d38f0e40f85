import type { HttpRequest, WebSocket } from 'uWebSockets.js';
import { DISABLED, type HttpResponse, type TemplatedApp, type us_socket_context_t } from 'uWebSockets.js';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { ConnectionReading } from '../metrics/readings.ts';
import type { ClientCaller } from '../operation/callers/callers.ts';
import type { AddressSource } from '../protocol/http/client-address.ts';
import { GRAPHQL_PATH } from '../protocol/http/graphql-endpoint.ts';
import { isOriginAllowed } from '../protocol/http/origin.ts';
import { memoryShort, shuttingDown } from '../protocol/http/refusals.ts';
import { refusal, tooManyConnections } from '../protocol/http/responses.ts';
import type { Leaver } from '../protocol/leaver.ts';
import { slowest } from '../protocol/slowest.ts';
import { Connection } from '../protocol/websocket/connection.ts';
import type { ConnectionContext } from '../protocol/websocket/connection-context.ts';
import { chooseSubprotocol } from '../protocol/websocket/handshake.ts';
import { Timeouts } from '../time/timeouts.ts';
import { addressSource } from './address-source.ts';
import { logClosed } from './connection-log.ts';
import { CorkedSend } from './corked-send.ts';
import { writeResponse } from './http.ts';
import { type SocketContext, UwsSocket } from './uws-socket.ts';
import type { WaitingBytes } from './waiting-bytes.ts';

/** What uWebSockets.js carries for each socket. */
interface SocketData {
  readonly subprotocol: string | undefined;
  readonly caller: ClientCaller;
  /** Monotonic milliseconds. */
  readonly openedAt: number;
  /** Undefined until it is open. */
  socket: UwsSocket | undefined;
}

/** A slow peer that is closed gets this long to take what waits for it and the close frame behind, in milliseconds. */
const LINGER_MS = 10_000;

export interface WebSocketRouteOptions {
  readonly context: ConnectionContext;
  readonly metrics: GatewayMetrics;
  readonly waiting: WaitingBytes;
  /** A1: see `isOriginAllowed`. */
  readonly allowedOrigins: readonly string[] | undefined;
  /** A9, A20, A22: who opens a WebSocket. */
  readonly callerOf: (source: AddressSource, named: boolean) => ClientCaller;
  /** P30: see `ListenerOptions`. */
  readonly idleTimeoutSeconds: number;
}

/** The WebSocket side of the public port: hands bytes to connections and performs what they ask for. */
export class WebSocketRoute {
  readonly #options: WebSocketRouteOptions;
  /** In the order of their opening. */
  readonly #connections = new Map<Connection, SocketData>();
  readonly #sockets: SocketContext;
  #draining = false;

  constructor(options: WebSocketRouteOptions) {
    this.#options = options;
    this.#sockets = {
      corked: new CorkedSend(),
      waiting: options.waiting,
      lingering: new Timeouts(options.context.clock, LINGER_MS, (socket) => socket.giveUp()),
      over: ({ connection }) => this.#over(connection),
    };
  }

  /** Connections that are open. */
  get connections(): ReadonlyMap<Connection, unknown> {
    return this.#connections;
  }

  /** At most `limit` of them: those for which most bytes wait, then the oldest. */
  slowest(limit: number): readonly ConnectionReading[] {
    const now = this.#options.context.clock.monotonic();
    const waitingBytes = ([, data]: readonly [Connection, SocketData]): number => data.socket?.waitingBytes ?? 0;
    return slowest(this.#connections, limit, waitingBytes).map((open) => {
      const [connection, { caller, openedAt }] = open;
      return {
        id: caller.id,
        transport: 'websocket',
        address: caller.address,
        ageSeconds: Math.round((now - openedAt) / 1000),
        subscriptions: connection.subscriptionCount,
        waitingBytes: waitingBytes(open),
      };
    });
  }

  /** From now on handshakes are refused with 503. Those who are here stay as they are until the caller gives each its turn (P34). */
  drain(): readonly Leaver[] {
    this.#draining = true;
    return [...this.#connections.keys()];
  }

  register(app: TemplatedApp): void {
    const { limits } = this.#options.context;
    app.ws<SocketData>(GRAPHQL_PATH, {
      compression: DISABLED,
      // P17: what is over the limit but under this gets a 4400; over this, uWebSockets.js drops the socket with a bare 1006.
      maxPayloadLength: 2 * limits.maxMessageBytes,
      // The protocol bounds what waits, message by message, and closes with 1013 (P34). Past its own bound uWebSockets.js would
      // drop close frames too, so that one lies where it is never reached.
      maxBackpressure: 0,
      idleTimeout: this.#options.idleTimeoutSeconds,
      sendPingsAutomatically: true,
      upgrade: (response, request, context) => this.#upgrade(response, request, context),
      open: (socket) => this.#open(socket),
      message: (socket, message, isBinary) => {
        const open = socket.getUserData().socket;
        if (open === undefined) return;
        open.bytesIn += message.byteLength;
        open.connection?.receive(Buffer.from(message), isBinary);
      },
      drain: (socket) => {
        socket.getUserData().socket?.drained();
      },
      close: (socket, code, message) => this.#closed(socket.getUserData(), code, message),
    });
  }

  #upgrade(response: HttpResponse, request: HttpRequest, context: us_socket_context_t): void {
    if (this.#draining) {
      writeResponse(response, shuttingDown());
      return;
    }
    const above = this.#options.context.memory.refusal();
    if (above !== undefined) {
      writeResponse(response, memoryShort(above));
      return;
    }
    const headers = {
      origin: request.getHeader('origin'),
      host: request.getHeader('host'),
      cookie: request.getHeader('cookie'),
    };
    if (!isOriginAllowed(headers, this.#options.allowedOrigins)) {
      this.#options.metrics.countDrop('origin_refused');
      writeResponse(response, refusal(403, 'FORBIDDEN', 'WebSockets from pages of this origin are not allowed.'));
      return;
    }
    const caller = this.#options.callerOf(addressSource(response, request), true);
    const excess = caller.open();
    if (excess !== undefined) {
      writeResponse(response, tooManyConnections(excess));
      return;
    }
    const subprotocol = chooseSubprotocol(request.getHeader('sec-websocket-protocol'));
    response.upgrade<SocketData>(
      { subprotocol, caller, openedAt: this.#options.context.clock.monotonic(), socket: undefined },
      request.getHeader('sec-websocket-key'),
      subprotocol ?? '',
      request.getHeader('sec-websocket-extensions'),
      context,
    );
  }

  #open(webSocket: WebSocket<SocketData>): void {
    const data = webSocket.getUserData();
    const socket = new UwsSocket(webSocket, this.#sockets);
    this.#options.metrics.connections += 1;
    const connection = new Connection(socket, this.#options.context, data.caller);
    socket.connection = connection;
    data.socket = socket;
    this.#connections.set(connection, data);
    connection.opened(data.subprotocol);
  }

  #closed({ caller, subprotocol, openedAt, socket }: SocketData, code: number, message: ArrayBuffer): void {
    if (socket === undefined) return;
    socket.closed();
    const { log, clock } = this.#options.context;
    logClosed(log, clock, {
      caller,
      subprotocol,
      openedAt,
      operations: socket.connection?.operationCount ?? 0,
      bytesIn: socket.bytesIn,
      bytesOut: socket.bytesOut,
      code,
      reason: Buffer.from(message).toString(),
    });
  }

  #over(connection: Connection | undefined): void {
    if (connection === undefined || !this.#connections.delete(connection)) return;
    this.#options.metrics.connections -= 1;
    connection.caller.close();
  }
}
