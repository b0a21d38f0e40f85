import { isIP } from 'node:net';
import {
  apiVersionsV3,
  Connection,
  type ConnectionOptions,
  type Reader,
  ResponseError,
  type Writer,
} from '@platformatic/kafka';
import { tlsOptions } from '../tls.ts';
import type { KafkaSecurity, NodeAddress } from './config.ts';

/** As Kafka writes them. */
const MECHANISMS = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
} as const;

const CONNECT_TIMEOUT_MS = 3_000;
/** Kafka answers the requests of one connection in order, so a limit here would only hide a hung broker from the time-out. */
const UNLIMITED = 1_000_000;

/** One request of Kafka's protocol in one version. */
export interface KafkaRequest<T> {
  readonly apiKey: number;
  readonly version: number;
  write(): Writer | Promise<Writer>;
  /** May throw a ResponseError, whose `response` the link then hands over like any other answer. */
  read(correlationId: number, apiKey: number, apiVersion: number, reader: Reader): T | Promise<T>;
}

/** What a link needs to be opened. */
export interface LinkOptions {
  readonly clientId: string;
  /** Milliseconds after which an unanswered request is given up, together with the link. */
  readonly requestTimeoutMs: number;
  readonly security: KafkaSecurity;
}

/** The link broke, timed out or was closed while a request was on it: whether the broker acted on the request is not known. */
export class LinkLost extends Error {
  override readonly name = 'LinkLost';
}

/** One connection to one broker node. A broken link is never mended: its owner opens a new one. */
export class KafkaLink {
  readonly address: NodeAddress;
  readonly #connection: Connection;
  readonly #versions: ReadonlyMap<number, { readonly min: number; readonly max: number }>;

  private constructor(address: NodeAddress, connection: Connection, versions: apiVersionsV3.ApiVersionsResponse) {
    this.address = address;
    this.#connection = connection;
    this.#versions = new Map(versions.apiKeys.map((api) => [api.apiKey, { min: api.minVersion, max: api.maxVersion }]));
  }

  /**
   * Connects and asks for the versions that the broker speaks. Rejects when it cannot; nothing of ours was written then.
   * The signal gives up at once.
   */
  static async open(address: NodeAddress, options: LinkOptions, signal: AbortSignal): Promise<KafkaLink> {
    signal.throwIfAborted();
    const connection = new Connection(options.clientId, {
      connectTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: options.requestTimeoutMs,
      maxInflights: UNLIMITED,
      ...securityOptions(options.security, address.host),
    });
    // An 'error' that nobody listens to would end the process; the link's end shows in its requests.
    connection.on('error', () => {});
    const abort = (): void => tearDown(connection);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await connection.connect(address.host, address.port);
      const versions = await apiVersionsV3.api.async(connection, 'sluice', '1');
      return new KafkaLink(address, connection, versions);
    } catch (error) {
      tearDown(connection);
      throw new Error(`No connection to Kafka at ${address.host}:${address.port}: ${messageOf(error)}`);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  get isOpen(): boolean {
    return this.#connection.isConnected();
  }

  /** Calls back once when the link is gone. */
  onClosed(callback: () => void): void {
    if (this.isOpen) this.#connection.once('close', callback);
    else callback();
  }

  speaks(apiKey: number, version: number): boolean {
    const spoken = this.#versions.get(apiKey);
    return spoken !== undefined && version >= spoken.min && version <= spoken.max;
  }

  /** Sends one request. Resolves with the broker's answer, whatever error codes it holds; rejects with LinkLost alone. */
  request<T>(request: KafkaRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#connection.send<T>(
        request.apiKey,
        request.version,
        () => request.write(),
        (correlationId, apiKey, apiVersion, reader) => request.read(correlationId, apiKey, apiVersion, reader),
        true,
        true,
        (error, answer) => {
          if (error instanceof ResponseError) resolve(error['response'] as T);
          else if (error) reject(new LinkLost(`Link to Kafka at ${this.#name()}: ${messageOf(error)}`));
          else resolve(answer as T);
        },
      );
    });
  }

  /** Idempotent. Requests on the link reject with LinkLost. */
  close(): void {
    tearDown(this.#connection);
  }

  #name(): string {
    return `${this.address.host}:${this.address.port}`;
  }
}

/** A server name is sent for names only; an address in its place is refused by TLS itself. */
function securityOptions({ tls, sasl }: KafkaSecurity, host: string): ConnectionOptions {
  return {
    ...(tls === undefined ? {} : { tls: tlsOptions(tls), ...(isIP(host) === 0 ? { tlsServerName: host } : {}) }),
    ...(sasl === undefined
      ? {}
      : { sasl: { mechanism: MECHANISMS[sasl.mechanism], username: sasl.username, password: sasl.password } }),
  };
}

/**
 * Destroys the socket instead of `connection.close()`, which waits until a peer that may be hung has taken all bytes.
 * The 'close' event releases whoever still waits for a connection that was not made.
 */
function tearDown(connection: Connection): void {
  const socket: { destroy(): void } | undefined = connection.socket;
  const wasConnected = connection.isConnected();
  socket?.destroy();
  if (!wasConnected) connection.emit('close');
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`;
}
