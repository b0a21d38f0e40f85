import { Client, type CombinedError, createRequest, fetchExchange, subscriptionExchange } from '@urql/core';
import type { Sink } from 'graphql-ws';
import { onEnd, pipe, subscribe } from 'wonka';
import { createResumableClient } from '../../src/client/resumable-client.ts';
import { resumeByCursor } from './resume-by-cursor.ts';
import { scenario } from './scenario.ts';
import { deliver, OPERATIONS, type OperationName, type Outcome, type StockClient, textOf } from './stock-client.ts';

async function execute(client: Client, operation: OperationName, variables: object): Promise<Outcome> {
  const document = OPERATIONS[operation];
  const { data, error } = document.startsWith('mutation')
    ? await client.mutation(document, { ...variables }).toPromise()
    : await client.query(document, { ...variables }, { requestPolicy: 'network-only' }).toPromise();
  return error === undefined ? { type: 'data', data } : { type: 'problem', text: toldBy(error) };
}

const toldBy = (error: CombinedError): string => textOf(error.graphQLErrors.map(({ extensions }) => extensions));

async function overWebSocket(url: string): Promise<StockClient> {
  const webSocket = createResumableClient({ url: url.replace(/^http/, 'ws') });
  const client = new Client({
    url,
    preferGetMethod: false,
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (request) => ({
          subscribe: (sink) => ({
            // Its own type of a result has `errors` that may be anything.
            unsubscribe: webSocket.subscribe({ ...request, query: request.query ?? '' }, sink as Sink),
          }),
        }),
      }),
    ],
  });
  return {
    execute: (operation, variables) => execute(client, operation, variables),
    subscribe(operation, listener) {
      const { unsubscribe } = client.subscription(OPERATIONS[operation], {}).subscribe(({ data, error }) => {
        if (error === undefined) deliver({ data }, listener);
        else listener.problem(toldBy(error));
      });
      return unsubscribe;
    },
    close: async () => webSocket.dispose(),
  };
}

/** Its fetch exchange reads event streams itself. */
async function overFetch(url: string): Promise<StockClient> {
  const client = new Client({ url, preferGetMethod: false, fetchSubscriptions: true, exchanges: [fetchExchange] });
  return {
    execute: (operation, variables) => execute(client, operation, variables),
    subscribe: (operation, listener) =>
      resumeByCursor(listener, (extensions, attempt) => {
        const request = createRequest(OPERATIONS[operation], {}, extensions);
        const { unsubscribe } = pipe(
          client.executeSubscription(request),
          // A stream that ends before its first result is told in no other way.
          onEnd(() => attempt.lost()),
          subscribe((result) => {
            if (result.error?.networkError !== undefined) attempt.lost();
            else if (result.error !== undefined && !result.data) attempt.refused(toldBy(result.error));
            // The stream is at its end: this is the last result once more.
            else if (!result.hasNext) attempt.lost();
            else attempt.result(result);
          }),
        );
        return unsubscribe;
      }),
    close: async () => {},
  };
}

scenario('@urql/core, with the subscription exchange over the resumable client', overWebSocket);
scenario('@urql/core, with event streams over fetch', overFetch);
