import { type Client, createClient } from 'graphql-ws';
import type { ReceivedResult } from './recording-sink.ts';

/** One subscription over the stock graphql-ws client. */
export interface Subscription {
  /** In the order of arrival. */
  readonly results: readonly ReceivedResult[];
  /** What ended it, when it ended by an error. */
  readonly failure: unknown;
  /** Ends it and closes its connection. */
  end(): Promise<void>;
}

/** Subscribes over a connection of its own, without retries: a broken connection is a failure. */
export function subscribe(
  url: string,
  query: string,
  variables?: Record<string, unknown>,
  extensions?: Record<string, unknown>,
): Subscription {
  const client: Client = createClient({ url: url.replace(/^http/, 'ws'), retryAttempts: 0, lazy: true });
  const results: ReceivedResult[] = [];
  const subscription: { results: ReceivedResult[]; failure: unknown; end(): Promise<void> } = {
    results,
    failure: undefined,
    async end() {
      stop();
      await client.dispose();
    },
  };
  const payload = {
    query,
    ...(variables === undefined ? {} : { variables }),
    ...(extensions === undefined ? {} : { extensions }),
  };
  const stop = client.subscribe(payload, {
    next: (result) => {
      results.push(result as ReceivedResult);
    },
    error: (error) => {
      subscription.failure = error;
    },
    complete() {},
  });
  return subscription;
}

/** One query or mutation over HTTP. */
export async function request(
  url: string,
  query: string,
  variables?: Record<string, unknown>,
): Promise<ReceivedResult> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as ReceivedResult;
}
