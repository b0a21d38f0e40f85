import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createResumableClient } from '../../src/client/resumable-client.ts';
import { scenario } from './scenario.ts';
import { deliver, OPERATIONS, type Outcome, type StockClient, textOf } from './stock-client.ts';

async function open(url: string): Promise<StockClient> {
  const webSocket = createResumableClient({ url: url.replace(/^http/, 'ws') });
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(
      ({ operationType }) => operationType === 'subscription',
      new GraphQLWsLink(webSocket),
      new HttpLink({ uri: url }),
    ),
  });
  return {
    async execute(operation, variables): Promise<Outcome> {
      const document = gql(OPERATIONS[operation]);
      try {
        const { data } = OPERATIONS[operation].startsWith('mutation')
          ? await client.mutate({ mutation: document, variables })
          : await client.query({ query: document, variables, fetchPolicy: 'network-only' });
        return { type: 'data', data };
      } catch (error) {
        return { type: 'problem', text: textOf(error) };
      }
    },
    subscribe(operation, listener) {
      const subscription = client.subscribe({ query: gql(OPERATIONS[operation]) }).subscribe({
        next: ({ data, error }) => {
          if (error === undefined) deliver({ data }, listener);
          else listener.problem(textOf(error));
        },
        error: (error: unknown) => listener.problem(textOf(error)),
      });
      return () => subscription.unsubscribe();
    },
    async close() {
      client.stop();
      await webSocket.dispose();
    },
  };
}

scenario('@apollo/client, with HttpLink and GraphQLWsLink over the resumable client', open);
