import { openSocket, type Socket } from './socket.ts';

/** One execution result. */
export interface Result {
  readonly data?: unknown;
  readonly errors?: unknown;
  readonly extensions?: { readonly cursor?: string; readonly gap?: unknown };
}

/** What an operation hears. One of `completed` and `failed` comes last, once, unless its client ended it. */
export interface OperationHandlers {
  next(result: Result): void;
  /** The server ended the operation. */
  completed(): void;
  /** A GraphQL error, or the socket closed. */
  failed(reason: string): void;
  /** The server has told where the subscription stands: it is attached. Topics that keep events only. */
  attached?(): void;
}

/** What a connection tells apart from its operations. */
export interface ConnectionHandlers {
  /** The server has acknowledged: operations may start. Both times in milliseconds. */
  ready(connectMs: number, ackMs: number): void;
  /** The socket closed or failed, or the server broke the protocol; not after `close`. */
  lost(reason: string): void;
}

/** What is sent with `subscribe`. */
export interface OperationRequest {
  readonly query: string;
  readonly variables: object;
  readonly extensions?: { readonly cursor?: string };
}

interface Operation {
  readonly handlers: OperationHandlers;
  cursor: string | undefined;
}

interface ServerMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

const NORMAL_CLOSURE = 1000;

/** One socket that speaks graphql-transport-ws, for any number of operations. It asks for progress, and so learns its cursors (P100). */
export class GatewayConnection {
  readonly #socket: Socket;
  readonly #handlers: ConnectionHandlers;
  readonly #operations = new Map<string, Operation>();
  /** Answers to pings, oldest first. */
  readonly #pongs: (() => void)[] = [];
  #lastId = 0;
  #over = false;
  readonly #openedAt = Date.now();
  #initAt = 0;

  /** `url` is the `ws://` address of /graphql. */
  constructor(url: string, handlers: ConnectionHandlers) {
    this.#handlers = handlers;
    this.#socket = openSocket(url, 'graphql-transport-ws');
    this.#socket.addEventListener('open', () => {
      this.#initAt = Date.now();
      this.#send({ type: 'connection_init', payload: { sluice: { progress: true } } });
    });
    this.#socket.addEventListener('message', (event) => {
      if (!this.#over) this.#receive(JSON.parse(String(event.data)));
    });
    this.#socket.addEventListener('error', (event) => this.#lose(`socket error: ${event.error}`));
    this.#socket.addEventListener('close', (event) => this.#lose(`the socket closed: ${event.code}`));
  }

  /** Returns the operation's id, which is never used again. */
  start(request: OperationRequest, handlers: OperationHandlers): string {
    this.#lastId += 1;
    const id = String(this.#lastId);
    this.#operations.set(id, { handlers, cursor: request.extensions?.cursor });
    this.#send({ id, type: 'subscribe', payload: request });
    return id;
  }

  /** The place right after what the operation has heard of; undefined before, and where nothing is kept. */
  cursor(id: string): string | undefined {
    return this.#operations.get(id)?.cursor;
  }

  /** Ends an operation. Results that were on their way are dropped until `settled`; from then on one more is a fault (P24). */
  complete(id: string, settled: () => void = () => {}): void {
    const operation = this.#operations.get(id);
    if (operation === undefined) return;
    this.#operations.set(id, { handlers: DEAF, cursor: operation.cursor });
    this.#send({ id, type: 'complete' });
    this.#pongs.push(() => {
      this.#operations.delete(id);
      settled();
    });
    this.#send({ type: 'ping' });
  }

  /** Closes the socket; nothing is heard after it. */
  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#socket.close(NORMAL_CLOSURE);
  }

  #send(message: object): void {
    if (!this.#over) this.#socket.send(JSON.stringify(message));
  }

  #receive(message: ServerMessage): void {
    switch (message.type) {
      case 'connection_ack':
        this.#handlers.ready(this.#initAt - this.#openedAt, Date.now() - this.#initAt);
        break;
      case 'next':
        this.#next(this.#operation(message), message.payload as Result);
        break;
      case 'ping':
        this.#progress(message.payload);
        this.#send({ type: 'pong', ...(message.payload === undefined ? {} : { payload: message.payload }) });
        break;
      case 'pong':
        this.#pongs.shift()?.();
        break;
      case 'complete': {
        const operation = this.#operation(message);
        this.#operations.delete(message.id ?? '');
        operation?.handlers.completed();
        break;
      }
      case 'error': {
        const operation = this.#operation(message);
        this.#operations.delete(message.id ?? '');
        operation?.handlers.failed(`the operation was refused: ${JSON.stringify(message.payload)}`);
        break;
      }
      default:
        this.#lose(`unexpected message ${message.type}`);
    }
  }

  #next(operation: Operation | undefined, result: Result): void {
    if (operation === undefined) return;
    operation.cursor = result.extensions?.cursor ?? operation.cursor;
    operation.handlers.next(result);
  }

  #operation({ type, id }: ServerMessage): Operation | undefined {
    const operation = this.#operations.get(id ?? '');
    if (operation === undefined) this.#lose(`a ${type} for operation ${id}, which is over`);
    return operation;
  }

  #progress(payload: unknown): void {
    const places = (payload as { sluice?: Record<string, { cursor?: string }> } | undefined)?.sluice ?? {};
    for (const [id, { cursor }] of Object.entries(places)) {
      const operation = this.#operations.get(id);
      if (operation === undefined || cursor === undefined) continue;
      operation.cursor = cursor;
      operation.handlers.attached?.();
    }
  }

  #lose(reason: string): void {
    if (this.#over) return;
    this.close();
    for (const { handlers } of [...this.#operations.values()]) handlers.failed(reason);
    this.#operations.clear();
    this.#handlers.lost(reason);
  }
}

/** Of an operation that its client ended. */
const DEAF: OperationHandlers = { next: () => {}, completed: () => {}, failed: () => {} };
