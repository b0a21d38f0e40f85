import { type Client, createClient } from 'graphql-ws';
import { createResumableClient } from '../../src/client/resumable-client.ts';
import { resumeByCursor } from './resume-by-cursor.ts';
import { scenario } from './scenario.ts';
import { deliver, OPERATIONS, type OperationName, type Outcome, type StockClient, textOf } from './stock-client.ts';

const execute = async (client: Client, operation: OperationName, variables: object): Promise<Outcome> => {
  try {
    for await (const { data, errors } of client.iterate({
      query: OPERATIONS[operation],
      variables: { ...variables },
    })) {
      return errors === undefined ? { type: 'data', data } : { type: 'problem', text: textOf(errors) };
    }
    return { type: 'problem', text: 'it ended without a result' };
  } catch (error) {
    return { type: 'problem', text: textOf(error) };
  }
};

async function resumable(url: string): Promise<StockClient> {
  const client = createResumableClient({ url: url.replace(/^http/, 'ws') });
  return {
    execute: (operation, variables) => execute(client, operation, variables),
    subscribe: (operation, listener) =>
      client.subscribe(
        { query: OPERATIONS[operation] },
        {
          next: (result) => deliver(result, listener),
          error: (error) => listener.problem(textOf(error)),
          complete() {},
        },
      ),
    close: async () => client.dispose(),
  };
}

async function stock(url: string): Promise<StockClient> {
  const client = createClient({ url: url.replace(/^http/, 'ws'), retryAttempts: 0 });
  return {
    execute: (operation, variables) => execute(client, operation, variables),
    subscribe: (operation, listener) =>
      resumeByCursor(listener, (extensions, attempt) =>
        client.subscribe(
          { query: OPERATIONS[operation], extensions },
          {
            next: (result) => attempt.result(result),
            // Errors of the operation come as a list, those of the connection as an event.
            error: (error) => (Array.isArray(error) ? attempt.refused(textOf(error)) : attempt.lost()),
            complete: () => attempt.lost(),
          },
        ),
      ),
    close: async () => client.dispose(),
  };
}

scenario('graphql-ws, with the resumable client', resumable);
scenario('graphql-ws as it is, with the cursor kept by the application', stock);
