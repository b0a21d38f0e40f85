import {
  type Client,
  type ClientOptions,
  createClient,
  type FormattedExecutionResult,
  type Sink,
  type SubscribePayload,
} from 'graphql-ws/client';
import { type CursorStorage, CursorStore, type StoredCursor } from './cursor-store.ts';
import { iterateResults } from './iterate-results.ts';
import { operationKind } from './operation-kind.ts';
import {
  type DeliverySink,
  type ExpiredAction,
  type ExpiredCursor,
  type Gap,
  type OperationHost,
  type OutgoingPayload,
  ResumableOperation,
} from './resumable-operation.ts';
import { RetryWait } from './retry-wait.ts';
import { readProgress } from './wire-facts.ts';

type ConnectionParams = Record<string, unknown> | undefined;

/** The options of graphql-ws's `createClient`, with other defaults for retries, and what resuming adds. */
export interface ResumableClientOptions<P extends ConnectionParams = ConnectionParams> extends ClientOptions<P> {
  /** Default: Infinity. Counts connections in a row that were not accepted. */
  readonly retryAttempts?: number;
  /** Default: 125 to 250 ms, then twice as long each time, at most 5 s. */
  readonly retryWait?: (retries: number) => Promise<void>;
  /**
   * Default: every close that graphql-ws does not call fatal, and the `error` event of a WebSocket: a refused connection, and
   * with some implementations any that breaks (P32). Errors thrown by your own functions are not retried.
   */
  readonly shouldRetry?: (problem: unknown) => boolean;
  /** Events of a subscription may have been lost. If it throws, that subscription ends with what it threw. */
  readonly onGap?: (gap: Gap) => void;
  /**
   * What to do when a subscription cannot go on from its cursor (P93): the same for all, or asked each time. Default: `error`.
   * Where the action cannot help (`oldest` but the server names none, three times in a row in vain, or `live` when the
   * operation's own `from` has expired) the sink gets the error.
   */
  readonly onExpired?: ExpiredAction | ((expired: ExpiredCursor) => ExpiredAction);
  /**
   * Under which key of `storage` a subscription keeps its cursor after its end, for a later `subscribe` with the same key.
   * Undefined: it keeps none. Each consumer needs a key of its own; a key in use is refused.
   */
  readonly storageKey?: (payload: SubscribePayload) => string | undefined;
  /** Needed with `storageKey`. Written once for each event; removed at CURSOR_EXPIRED. */
  readonly storage?: CursorStorage;
}

/**
 * A graphql-ws client whose subscriptions go on after the last event they received when the connection was lost. Give it to
 * whatever takes a graphql-ws client. See docs/client.md.
 */
export function createResumableClient<P extends ConnectionParams = ConnectionParams>(
  options: ResumableClientOptions<P>,
): Client {
  const { storageKey, storage, onGap, onExpired = 'error', ...rest } = options;
  if (storageKey !== undefined && storage === undefined) {
    throw new TypeError(
      'storageKey needs storage: give an object with getItem, setItem and removeItem, such as localStorage.',
    );
  }
  const store = storage === undefined ? undefined : new CursorStore(storage);
  const live = new Set<ResumableOperation>();
  const onTheWire = new Map<string, ResumableOperation>();
  const waiting = new RetryWait(rest.retryWait);
  let socket: unknown;
  let connected = false;
  let disposed = false;
  let heardAt = Date.now();

  const inner = createClient({
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: (problem) => isCloseEvent(problem) || isSocketError(problem),
    ...rest,
    retryWait: (retries) => waiting.wait(retries),
    connectionParams: async () => withProgress(await givenParams(rest.connectionParams)),
    generateID: (payload) => (payload as OutgoingPayload).operationId,
  });

  inner.on('opened', (opened) => {
    socket = opened;
  });
  inner.on('connected', () => {
    connected = true;
    waiting.connected();
  });
  inner.on('message', () => {
    heardAt = Date.now();
  });
  inner.on('ping', (received, payload) => {
    if (!received) return;
    for (const [operationId, position] of readProgress(payload)) onTheWire.get(operationId)?.progress(position);
  });
  const lost = (problem: unknown): void => {
    connected = false;
    if (disposed) return;
    for (const operation of [...live]) operation.connectionLost(problem);
  };
  inner.on('closed', lost);
  inner.on('error', lost);

  const host: OperationHost = {
    client: inner,
    register(operation, payload) {
      const operationId = rest.generateID?.(payload) ?? uniqueId();
      onTheWire.set(operationId, operation);
      return operationId;
    },
    unregister: (operationId) => onTheWire.delete(operationId),
    ended: (operation) => live.delete(operation),
    lastHeard: () => new Date(heardAt).toISOString(),
    onGap: (gap) => onGap?.(gap),
    onExpired: (expired) => (typeof onExpired === 'function' ? onExpired(expired) : onExpired),
  };

  const open = (payload: SubscribePayload, sink: DeliverySink): ResumableOperation => {
    const kind = operationKind(payload.query, payload.operationName);
    let stored: StoredCursor | undefined;
    let problem: { readonly error: unknown } | undefined;
    try {
      const key = kind === 'subscription' ? storageKey?.(payload) : undefined;
      if (key !== undefined) stored = store?.open(key);
    } catch (error) {
      problem = { error };
    }
    const operation = new ResumableOperation(host, payload, kind, sink, stored);
    live.add(operation);
    if (problem === undefined) operation.start();
    // Not now: a sink is never called before `subscribe` has returned.
    else queueMicrotask(() => operation.fail(problem.error));
    return operation;
  };

  return {
    on: inner.on,
    subscribe<Data, Extensions>(payload: SubscribePayload, sink: Sink<FormattedExecutionResult<Data, Extensions>>) {
      const operation = open(payload, {
        next(result, taken) {
          sink.next(result as FormattedExecutionResult<Data, Extensions>);
          taken();
        },
        moved: (taken) => taken(),
        error: (error) => sink.error(error),
        complete: () => sink.complete(),
      });
      return () => operation.unsubscribe();
    },
    iterate: (payload) => iterateResults((sink) => open(payload, sink)),
    async dispose() {
      disposed = true;
      // On a live connection graphql-ws completes them when it has closed it.
      for (const operation of [...live]) if (!connected || !operation.subscribed) operation.complete();
      waiting.end();
      try {
        await inner.dispose();
      } catch {
        // The connection that it waited for failed: there is nothing left to close.
      }
    },
    terminate() {
      const stuck = socket;
      inner.terminate();
      // It is closing, and may still deliver what the next connection will deliver from the cursor.
      if (isObject(stuck)) stuck['onmessage'] = null;
    },
  };
}

async function givenParams(params: ClientOptions['connectionParams']): Promise<ConnectionParams> {
  return typeof params === 'function' ? await params() : await params;
}

/** Asks for the position of quiet subscriptions in pings (P100). */
function withProgress(params: ConnectionParams): Record<string, unknown> {
  const given = params?.['sluice'];
  return { ...params, sluice: { progress: true, ...(isObject(given) ? given : {}) } };
}

/** As graphql-ws tells them; its `terminate` makes one that is an Error. */
function isCloseEvent(problem: unknown): boolean {
  return isObject(problem) && 'code' in problem && 'reason' in problem;
}

/** The `error` event of a WebSocket, never an Error that someone's code has thrown. */
function isSocketError(problem: unknown): boolean {
  return isObject(problem) && !(problem instanceof Error) && problem['type'] === 'error';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Unique among the operations of a client; without `crypto.randomUUID`, which browsers keep for secure pages. */
function uniqueId(): string {
  const digits = (): string => Math.random().toString(36).slice(2, 12).padEnd(10, '0');
  return `${digits()}${digits()}`;
}
