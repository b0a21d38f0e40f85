import { once } from 'node:events';
import WebSocket from 'ws';
import type { ReceivedResult } from './recording-sink.ts';

/** What one subscription got. */
export interface MultiplexedSubscription {
  readonly results: ReceivedResult[];
  errors: readonly unknown[] | undefined;
}

/** Many subscriptions over one socket, with as little work per result as it gets. */
export class MultiplexedClient {
  readonly #socket: WebSocket;
  readonly #subscriptions = new Map<string, MultiplexedSubscription>();
  /** Set when the socket closed. */
  closeCode: number | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#message(data.toString()));
    socket.on('close', (code) => {
      this.closeCode = code;
    });
  }

  /** Resolves once the connection is acknowledged. */
  static async connect(url: string): Promise<MultiplexedClient> {
    const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    return new MultiplexedClient(socket);
  }

  subscribe(query: string, extensions?: Readonly<Record<string, unknown>>): MultiplexedSubscription {
    const id = String(this.#subscriptions.size);
    const subscription: MultiplexedSubscription = { results: [], errors: undefined };
    this.#subscriptions.set(id, subscription);
    const payload = { query, ...(extensions === undefined ? {} : { extensions }) };
    this.#socket.send(JSON.stringify({ id, type: 'subscribe', payload }));
    return subscription;
  }

  /** Reads no more from its socket, until `read`. */
  stall(): void {
    this.#socket.pause();
  }

  read(): void {
    this.#socket.resume();
  }

  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    this.#socket.resume();
    const closed = once(this.#socket, 'close');
    this.#socket.terminate();
    await closed;
  }

  #message(text: string): void {
    const message = JSON.parse(text) as { id: string; type: string; payload: ReceivedResult | readonly unknown[] };
    const subscription = this.#subscriptions.get(message.id);
    if (message.type === 'next') subscription?.results.push(message.payload as ReceivedResult);
    else if (message.type === 'error' && subscription !== undefined) {
      subscription.errors = message.payload as readonly unknown[];
    }
  }
}
