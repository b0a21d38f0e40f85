import type { Client } from 'graphql-ws';
import { createResumableClient } from '../client/resumable-client.ts';
import type { JsonObject } from '../json/value.ts';
import { exactNumbers, withExactNumbers } from './exact-json.ts';

/** One GraphQL result of a subscription, as it came. Numbers that a double cannot hold are kept as their text. */
export interface SubscriptionResult {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly path?: readonly (string | number)[] | undefined }[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** Why a subscription is over. */
export type SubscriptionEnd =
  | { readonly type: 'stopped' }
  | { readonly type: 'completed' }
  | { readonly type: 'refused'; readonly errors: readonly { readonly message: string; readonly code: string }[] }
  | { readonly type: 'failed'; readonly message: string };

export interface WatchOptions {
  /** Of HTTP; the WebSocket is at the same place. */
  readonly url: string;
  readonly query: string;
  readonly variables: JsonObject | undefined;
  /** The cursor to go on from; undefined begins where the subscription says. */
  readonly cursor: string | undefined;
  readonly onResult: (result: SubscriptionResult) => void;
  /** A sentence about the connection. */
  readonly onNotice: (notice: string) => void;
}

export interface WatchedSubscription {
  /** Settles once; never rejects. */
  readonly ended: Promise<SubscriptionEnd>;
  /** Ends it from here. Idempotent. */
  stop(): void;
}

/** Waits between two attempts to connect again, in milliseconds: doubling up to a bound. */
const RETRY = { first: 500, most: 10_000 } as const;

/**
 * Subscribes over WebSocket with the resumable client, so that a lost connection loses no event of a topic that is kept. A gateway that
 * was reached once is waited for without end.
 */
export function watchSubscription(options: WatchOptions): WatchedSubscription {
  const { promise, resolve } = Promise.withResolvers<SubscriptionEnd>();
  let connected = false;
  const retries = new AbortController();
  const client = createResumableClient({
    url: options.url.replace(/^http/, 'ws'),
    retryWait: (attempts) => delay(Math.min(RETRY.most, RETRY.first * 2 ** attempts), retries.signal),
    // One that was never reached is not waited for: its address is probably wrong.
    shouldRetry: () => connected,
    onGap: ({ reason, since }) => {
      options.onNotice(`Events may be missing${since === undefined ? '' : ` since ${since}`}: ${reason}.`);
    },
    jsonMessageReviver: exactNumbers,
    jsonMessageReplacer: withExactNumbers,
    on: {
      connected: (_socket, _payload, wasRetry) => {
        connected = true;
        if (wasRetry) options.onNotice('Connected again.');
      },
      closed: (event) => {
        if (connected && !retries.signal.aborted)
          options.onNotice(`The connection is lost${closeText(event)}; connecting again.`);
      },
    },
  });
  client.subscribe(
    {
      query: options.query,
      ...(options.variables === undefined ? {} : { variables: options.variables as Record<string, unknown> }),
      ...(options.cursor === undefined ? {} : { extensions: { cursor: options.cursor } }),
    },
    {
      next: (result) => options.onResult(result as SubscriptionResult),
      error: (error) => {
        resolve(endOf(error, options.url));
        dispose(client, retries);
      },
      complete: () => {
        resolve({ type: 'completed' });
        dispose(client, retries);
      },
    },
  );
  return {
    ended: promise,
    stop() {
      resolve({ type: 'stopped' });
      dispose(client, retries);
    },
  };
}

function dispose(client: Client, retries: AbortController): void {
  retries.abort();
  void client.dispose();
}

/** Resolves after the delay, or at once when aborted. */
function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function endOf(error: unknown, url: string): SubscriptionEnd {
  if (Array.isArray(error)) {
    return {
      type: 'refused',
      errors: error.map((item: { message: string; extensions?: Record<string, unknown> }) => ({
        message: item.message,
        code: typeof item.extensions?.['code'] === 'string' ? item.extensions['code'] : '',
      })),
    };
  }
  const closed = closeText(error);
  if (closed !== '') return { type: 'failed', message: `The server at ${url} closed the connection${closed}.` };
  return {
    type: 'failed',
    message: `Nothing answers at ${url}. Start the gateway with npm start, or give its address with --url.`,
  };
}

/** ` (1012 restart)` of a close event; empty for anything else, and for 1006, which means that there was no close frame. */
function closeText(event: unknown): string {
  if (typeof event !== 'object' || event === null || !('code' in event) || typeof event.code !== 'number') return '';
  if (event.code === 1006) return '';
  const reason = 'reason' in event && typeof event.reason === 'string' && event.reason !== '' ? ` ${event.reason}` : '';
  return ` (${event.code}${reason})`;
}
