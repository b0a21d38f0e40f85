import { createClient } from 'graphql-sse';
import { resumeByCursor } from './resume-by-cursor.ts';
import { scenario } from './scenario.ts';
import { OPERATIONS, type StockClient, textOf } from './stock-client.ts';

async function open(url: string): Promise<StockClient> {
  const client = createClient({ url, retryAttempts: 0 });
  return {
    async execute(operation, variables) {
      for await (const { data, errors } of client.iterate({
        query: OPERATIONS[operation],
        variables: { ...variables },
      })) {
        return errors === undefined ? { type: 'data', data } : { type: 'problem', text: textOf(errors) };
      }
      return { type: 'problem', text: 'it ended without a result' };
    },
    subscribe: (operation, listener) =>
      resumeByCursor(listener, (extensions, attempt) =>
        client.subscribe(
          { query: OPERATIONS[operation], extensions },
          {
            // A refusal is a result without data, and then the end (P46).
            next: (result) =>
              result.data === undefined ? attempt.refused(textOf(result.errors)) : attempt.result(result),
            error: () => attempt.lost(),
            complete: () => attempt.lost(),
          },
        ),
      ),
    close: async () => client.dispose(),
  };
}

scenario('graphql-sse', open);
