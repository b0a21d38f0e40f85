import type { DeliverySink, ResumableOperation } from './resumable-operation.ts';

/**
 * Results waiting for the reader of one `iterate`. At this many a subscription with a cursor stops, and goes on from its cursor
 * when the reader has caught up; one without a cursor loses the newest, and reports the gap `slow_consumer`.
 */
export const ITERATE_QUEUE_LIMIT = 1_024;

interface Queued {
  /** Undefined: only the position moved. */
  readonly result: object | undefined;
  /** Called when the reader asks for what comes after. */
  readonly taken: () => void;
}

type End = { readonly type: 'completed' } | { readonly type: 'failed'; readonly error: unknown };

/** The results of one operation, in order. `open` makes the operation, which has not called the sink when it returns. */
export function iterateResults<Result extends object>(
  open: (sink: DeliverySink) => Pick<ResumableOperation, 'pause' | 'resume' | 'reportGap' | 'unsubscribe'>,
): AsyncIterableIterator<Result> {
  const queue: Queued[] = [];
  let results = 0;
  let paused = false;
  let dropping = false;
  let end: End | undefined;
  let wake = (): void => {};

  const push = (queued: Queued): void => {
    queue.push(queued);
    wake();
  };
  const finish = (how: End): void => {
    end ??= how;
    wake();
  };

  const operation = open({
    next(result, taken) {
      if (results < ITERATE_QUEUE_LIMIT) {
        results += 1;
        push({ result, taken });
        paused = results === ITERATE_QUEUE_LIMIT && operation.pause();
        return;
      }
      // Reported once for a row of losses.
      if (!dropping) operation.reportGap({ reason: 'slow_consumer', since: new Date().toISOString() });
      dropping = true;
    },
    moved(taken) {
      // Of a row of moves only the last counts.
      if (queue.length > 0 && queue.at(-1)?.result === undefined) queue.pop();
      push({ result: undefined, taken });
    },
    error: (error) => finish({ type: 'failed', error }),
    complete: () => finish({ type: 'completed' }),
  });

  async function* read(): AsyncGenerator<Result, undefined> {
    for (;;) {
      for (let queued = queue.shift(); queued !== undefined; queued = queue.shift()) {
        if (queued.result !== undefined) {
          results -= 1;
          dropping = false;
          yield queued.result as Result;
        }
        queued.taken();
      }
      if (end?.type === 'failed') throw end.error;
      if (end?.type === 'completed') return undefined;
      if (paused) {
        paused = false;
        operation.resume();
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  const leave = (): void => {
    operation.unsubscribe();
    queue.length = 0;
  };
  const iterator = read();
  // A generator that waits inside cannot be ended from outside: these end the operation, which ends the generator.
  iterator.return = async () => {
    finish({ type: 'completed' });
    leave();
    return { done: true, value: undefined };
  };
  iterator.throw = async (error) => {
    finish({ type: 'failed', error });
    leave();
    return { done: true, value: undefined };
  };
  return iterator;
}
