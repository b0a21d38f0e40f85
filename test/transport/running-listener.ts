import type { RawData, WebSocket as WsClient } from 'ws';
import { WebSocket } from 'ws';
import { silentLogger } from '../../src/log/logger.ts';
import { GatewayMetrics } from '../../src/metrics/gateway-metrics.ts';
import { systemClock } from '../../src/time/clock.ts';
import { type Listener, type ListenerOptions, listen } from '../../src/transport/listener.ts';
import { ScriptedOperations } from '../protocol/scripted-operations.ts';
import { eventually } from '../support/eventually.ts';

/** A listener on a free port of loopback, over scripted operations. */
export class RunningListener {
  readonly listener: Listener;
  readonly operations: ScriptedOperations;
  readonly metrics: GatewayMetrics;

  private constructor(listener: Listener, operations: ScriptedOperations, metrics: GatewayMetrics) {
    this.listener = listener;
    this.operations = operations;
    this.metrics = metrics;
  }

  static async start(options: Partial<ListenerOptions> = {}): Promise<RunningListener> {
    const operations = new ScriptedOperations();
    const metrics = new GatewayMetrics('test');
    try {
      const listener = await listen({
        host: '127.0.0.1',
        port: 0,
        operations,
        metrics,
        clock: systemClock,
        log: silentLogger,
        ...options,
      });
      return new RunningListener(listener, operations, metrics);
    } catch (error) {
      metrics.close();
      throw error;
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.listener.port}/graphql`;
  }

  get webSocketUrl(): string {
    return `ws://127.0.0.1:${this.listener.port}/graphql`;
  }

  /** What `sluice_dropped_total` shows for a reason. */
  async drops(reason: string): Promise<number> {
    const metric = await this.metrics.registry.getSingleMetric('sluice_dropped_total')?.get();
    return metric?.values.find(({ labels }) => labels['reason'] === reason)?.value ?? 0;
  }

  async stop(): Promise<void> {
    await this.listener.close(0);
    this.metrics.close();
  }
}

/** A message as the client reads it. */
export interface ReceivedMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A WebSocket client without a protocol of its own: says what the test says, and notes what comes. */
export class RawClient {
  readonly webSocket: WsClient;
  readonly texts: string[] = [];
  closing: { readonly code: number; readonly reason: string } | undefined;

  constructor(
    url: string,
    protocols: string | string[] = 'graphql-transport-ws',
    headers: Record<string, string> = {},
  ) {
    this.webSocket = new WebSocket(url, protocols, { headers, maxPayload: 64 * 1024 * 1024 });
    this.webSocket.on('message', (data: RawData) => this.texts.push(data.toString()));
    // A refused handshake and a bare 1006 are seen as the close that follows.
    this.webSocket.on('error', () => undefined);
    this.webSocket.on('close', (code, reason) => {
      this.closing = { code, reason: reason.toString() };
    });
  }

  /** A client that has its acknowledgement. */
  static async ready(url: string, payload?: unknown): Promise<RawClient> {
    const client = new RawClient(url);
    await client.opened();
    client.say({ type: 'connection_init', payload });
    await eventually(() => client.texts.length === 1, { what: 'connection_ack' });
    client.take();
    return client;
  }

  async opened(): Promise<void> {
    await eventually(() => this.webSocket.readyState === WebSocket.OPEN, { what: 'an open socket' });
  }

  say(message: unknown): void {
    this.webSocket.send(JSON.stringify(message));
  }

  subscribe(id: string, query = 'subscription'): void {
    this.say({ type: 'subscribe', id, payload: { query } });
  }

  /** What came since the last call. */
  take(): ReceivedMessage[] {
    return this.texts.splice(0).map((text) => JSON.parse(text) as ReceivedMessage);
  }

  /** The next `count` messages. */
  async receive(count: number): Promise<ReceivedMessage[]> {
    await eventually(() => this.texts.length >= count, { what: `${count} messages`, deadlineMs: 60_000 });
    return this.texts.splice(0, count).map((text) => JSON.parse(text) as ReceivedMessage);
  }

  async closed(): Promise<{ readonly code: number; readonly reason: string }> {
    return eventually(() => this.closing, { what: 'the close', deadlineMs: 60_000 });
  }

  terminate(): void {
    this.webSocket.terminate();
  }
}
