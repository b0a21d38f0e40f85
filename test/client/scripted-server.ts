import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { eventually } from '../support/eventually.ts';

interface Frame {
  readonly type: string;
  readonly id?: string;
  readonly payload?: Record<string, unknown>;
}

/** What the client asked for in a `subscribe` message. */
export interface SubscribeFrame {
  readonly id: string;
  readonly payload: {
    readonly query: string;
    readonly variables?: unknown;
    readonly extensions?: Record<string, unknown>;
  };
}

/** One connection of a client; the test says what the server does on it. */
export class ScriptedConnection {
  readonly frames: Frame[] = [];
  closeCode: number | undefined;
  readonly #socket: WebSocket;

  constructor(socket: WebSocket, acknowledge: boolean) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Frame;
      this.frames.push(frame);
      if (frame.type === 'connection_init' && acknowledge) this.send({ type: 'connection_ack' });
    });
    socket.on('close', (code) => {
      this.closeCode = code;
    });
    socket.on('error', () => {});
  }

  get initPayload(): Record<string, unknown> | undefined {
    return this.frames.find(({ type }) => type === 'connection_init')?.payload;
  }

  get subscribes(): SubscribeFrame[] {
    return this.frames.filter(({ type }) => type === 'subscribe') as unknown as SubscribeFrame[];
  }

  get completed(): string[] {
    return this.frames.filter(({ type }) => type === 'complete').map(({ id }) => id ?? '');
  }

  /** The n-th `subscribe` message, from 0. */
  subscribed(index = 0): Promise<SubscribeFrame> {
    return eventually(() => this.subscribes[index], { what: `subscribe message ${index}` });
  }

  send(frame: Record<string, unknown>): void {
    this.#socket.send(JSON.stringify(frame));
  }

  /** An event whose data is its number. */
  next(id: string, n: number, extensions?: Record<string, unknown>): void {
    this.send({ type: 'next', id, payload: { data: { n }, ...(extensions === undefined ? {} : { extensions }) } });
  }

  /** P100. */
  progress(entries: Record<string, unknown>): void {
    this.send({ type: 'ping', payload: { sluice: entries } });
  }

  /** Everything sent before has been received by the client when its pong is here. */
  async settled(): Promise<void> {
    const pongs = (): number => this.frames.filter(({ type }) => type === 'pong').length;
    const before = pongs();
    this.send({ type: 'ping', payload: {} });
    await eventually(() => pongs() > before, { what: 'a pong' });
  }

  expired(id: string, facts: Record<string, unknown>): void {
    const extensions = { code: 'CURSOR_EXPIRED', ...facts };
    this.send({ type: 'error', id, payload: [{ message: 'the cursor cannot be resumed from', extensions }] });
  }

  complete(id: string): void {
    this.send({ type: 'complete', id });
  }

  close(code: number): void {
    this.#socket.close(code, 'as scripted');
  }

  /** The server hears nothing more, not even that the client closes; it can still send. */
  stopReading(): void {
    this.#socket.pause();
  }

  /** Ends it without a closing handshake: the client sees 1006. */
  drop(): void {
    this.#socket.terminate();
  }
}

/** A graphql-transport-ws server that does nothing by itself but acknowledge connections. */
export class ScriptedServer {
  acknowledges = true;
  readonly connections: ScriptedConnection[] = [];
  #http: Server | undefined;
  #port = 0;

  get url(): string {
    return `ws://127.0.0.1:${this.#port}`;
  }

  /** Listens, on the same port as before. */
  async start(): Promise<void> {
    const http = createServer();
    const sockets = new WebSocketServer({ server: http, handleProtocols: () => 'graphql-transport-ws' });
    sockets.on('connection', (socket) => this.connections.push(new ScriptedConnection(socket, this.acknowledges)));
    await new Promise<void>((resolve, reject) => {
      http.once('error', reject);
      http.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (http.address() as AddressInfo).port;
    this.#http = http;
  }

  /** Drops all connections and refuses new ones. */
  async stop(): Promise<void> {
    const http = this.#http;
    this.#http = undefined;
    for (const connection of this.connections) connection.drop();
    if (http === undefined) return;
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  }

  /** The n-th connection ever, from 0. */
  connection(index: number): Promise<ScriptedConnection> {
    return eventually(() => this.connections[index], { what: `connection ${index}` });
  }
}
