import {
  commitMutation,
  Environment,
  fetchQuery,
  type GraphQLResponse,
  Network,
  Observable,
  RecordSource,
  requestSubscription,
  Store,
} from 'relay-runtime';
import { createResumableClient } from '../../src/client/resumable-client.ts';
import { ARTIFACTS } from './relay-artifacts.ts';
import { scenario } from './scenario.ts';
import { deliver, type Outcome, type StockClient, textOf } from './stock-client.ts';

async function open(url: string): Promise<StockClient> {
  const webSocket = createResumableClient({ url: url.replace(/^http/, 'ws') });
  const environment = new Environment({
    store: new Store(new RecordSource()),
    network: Network.create(
      async ({ text, name }, variables) => {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: text, operationName: name, variables }),
        });
        return (await response.json()) as GraphQLResponse;
      },
      ({ text, name }, variables) =>
        Observable.create((sink) =>
          webSocket.subscribe(
            { query: text ?? '', operationName: name, variables },
            {
              next: (result) => sink.next(result as GraphQLResponse),
              error: (error) => sink.error(error instanceof Error ? error : new Error(textOf(error))),
              complete: () => sink.complete(),
            },
          ),
        ),
    ),
  });

  return {
    async execute(operation, variables): Promise<Outcome> {
      const request = ARTIFACTS[operation];
      try {
        if (request.params.operationKind === 'query') {
          return { type: 'data', data: await fetchQuery(environment, request, variables).toPromise() };
        }
        return await new Promise<Outcome>((resolve, reject) => {
          commitMutation(environment, {
            mutation: request,
            variables,
            onCompleted: (data, errors) =>
              resolve(
                errors === null || errors === undefined
                  ? { type: 'data', data }
                  : { type: 'problem', text: textOf(errors) },
              ),
            onError: reject,
          });
        });
      } catch (error) {
        return { type: 'problem', text: textOf(error) };
      }
    },
    subscribe(operation, listener) {
      const { dispose } = requestSubscription(environment, {
        subscription: ARTIFACTS[operation],
        variables: {},
        onNext: (data) => deliver({ data }, listener),
        onError: (error) => listener.problem(textOf(error)),
      });
      return dispose;
    },
    close: async () => webSocket.dispose(),
  };
}

scenario('relay-runtime, with fetch and the resumable client', open);
