import { deliver, type Listener, type Result } from './stock-client.ts';

/** What one attempt tells. */
export interface Attempt {
  result(result: Result): void;
  /** The connection or the response ended, or could not be had. */
  lost(): void;
  /** The server has ended it. */
  refused(text: string): void;
}

const AGAIN_MS = 50;

/**
 * What an application writes around a client that does not resume by itself: it subscribes again with the cursor of its last result
 * in `extensions.cursor` (P91). `attempt` subscribes once and gives the function that unsubscribes.
 */
export function resumeByCursor(
  listener: Listener,
  attempt: (extensions: { readonly cursor?: string }, sink: Attempt) => () => void,
): () => void {
  let cursor: string | undefined;
  let over = false;
  let again: NodeJS.Timeout | undefined;
  let end = (): void => {};
  const start = (): void => {
    let ended = false;
    end = attempt(cursor === undefined ? {} : { cursor }, {
      result(result) {
        if (over || ended) return;
        cursor = (result.extensions as { cursor?: string } | undefined)?.cursor ?? cursor;
        deliver(result, listener);
      },
      lost() {
        if (over || ended) return;
        ended = true;
        again = setTimeout(() => {
          // Some clients take an operation that was not ended for the same one.
          end();
          start();
        }, AGAIN_MS);
      },
      refused(text) {
        if (over || ended) return;
        // What is away comes back, a gateway that drains too (docs/errors.md).
        if (text.includes('BROKER_UNAVAILABLE')) {
          this.lost();
          return;
        }
        over = true;
        listener.problem(text);
      },
    });
  };
  start();
  return () => {
    over = true;
    clearTimeout(again);
    end();
  };
}
