import type { HttpRequest, WebSocket } from 'uWebSockets.js';
import { DISABLED, type HttpResponse, type TemplatedApp, type us_socket_context_t } from 'uWebSockets.js';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import { GRAPHQL_PATH } from '../protocol/http/graphql-endpoint.ts';
import { isOriginAllowed } from '../protocol/http/origin.ts';
import { refusal } from '../protocol/http/responses.ts';
import { Connection, type ConnectionContext } from '../protocol/websocket/connection.ts';
import { chooseSubprotocol } from '../protocol/websocket/handshake.ts';
import { CorkedSend } from './corked-send.ts';
import { writeResponse } from './http.ts';
import { UwsSocket } from './uws-socket.ts';

/** What uWebSockets.js carries for each socket. */
interface SocketData {
  readonly subprotocol: string | undefined;
  /** Set while it is open. */
  session?: { readonly socket: UwsSocket; readonly connection: Connection };
}

export interface WebSocketRouteOptions {
  readonly context: ConnectionContext;
  readonly metrics: GatewayMetrics;
  /** A1: see `isOriginAllowed`. */
  readonly allowedOrigins: readonly string[] | undefined;
  /** P30: see `ListenerOptions`. */
  readonly idleTimeoutSeconds: number;
}

/** The WebSocket side of the public port: hands bytes to connections and performs what they ask for. */
export class WebSocketRoute {
  readonly #options: WebSocketRouteOptions;
  readonly #connections = new Set<Connection>();
  readonly #corked = new CorkedSend();
  #draining = false;

  constructor(options: WebSocketRouteOptions) {
    this.#options = options;
  }

  /** Connections that are open. */
  get connections(): ReadonlySet<Connection> {
    return this.#connections;
  }

  /** Refuses handshakes with 503 and disconnects everyone who has no query or mutation in flight. */
  drain(): void {
    this.#draining = true;
    for (const connection of [...this.#connections]) connection.drain();
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
        socket.getUserData().session?.connection.receive(Buffer.from(message), isBinary);
      },
      drain: (socket) => {
        socket.getUserData().session?.connection.flushed(socket.getBufferedAmount());
      },
      close: (socket) => this.#closed(socket.getUserData()),
    });
  }

  #upgrade(response: HttpResponse, request: HttpRequest, context: us_socket_context_t): void {
    if (this.#draining) {
      writeResponse(response, refusal(503, 'BROKER_UNAVAILABLE', 'The server is shutting down. Connect again.'));
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
    const subprotocol = chooseSubprotocol(request.getHeader('sec-websocket-protocol'));
    response.upgrade<SocketData>(
      { subprotocol },
      request.getHeader('sec-websocket-key'),
      subprotocol ?? '',
      request.getHeader('sec-websocket-extensions'),
      context,
    );
  }

  #open(webSocket: WebSocket<SocketData>): void {
    const data = webSocket.getUserData();
    const socket = new UwsSocket(webSocket, this.#corked);
    this.#options.metrics.connections += 1;
    const connection = new Connection(socket, this.#options.context);
    data.session = { socket, connection };
    this.#connections.add(connection);
    connection.opened(data.subprotocol);
  }

  #closed(data: SocketData): void {
    const { session } = data;
    if (session === undefined) return;
    delete data.session;
    this.#options.metrics.connections -= 1;
    this.#connections.delete(session.connection);
    session.socket.closed();
    session.connection.closed();
  }
}
