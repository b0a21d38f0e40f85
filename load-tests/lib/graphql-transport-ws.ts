import { openSocket } from './socket.ts';

/** What a subscription hears. One of `completed` and `failed` comes last, once. */
export interface SubscriptionHandlers {
  /** The `data` of one `next` message. */
  next(data: unknown): void;
  /** The server ended the subscription. */
  completed(): void;
  /** The socket closed early, a GraphQL error, or a message that the protocol does not know. */
  failed(reason: string): void;
}

export interface Subscription {
  /** Ends the subscription and closes the socket; nothing is heard after it. */
  close(): void;
}

interface ServerMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

const ID = '1';
const NORMAL_CLOSURE = 1000;

/** One socket with one subscription, over the graphql-transport-ws protocol. `url` is the `ws://` address of /graphql. */
export function subscribe(url: string, query: string, variables: object, handlers: SubscriptionHandlers): Subscription {
  const socket = openSocket(url, 'graphql-transport-ws');
  let ended = false;
  const send = (message: object): void => socket.send(JSON.stringify(message));
  const end = (): void => {
    ended = true;
    socket.close(NORMAL_CLOSURE);
  };
  const fail = (reason: string): void => {
    if (ended) return;
    end();
    handlers.failed(reason);
  };

  socket.addEventListener('open', () => send({ type: 'connection_init' }));
  socket.addEventListener('message', (event) => {
    if (ended) return;
    const message: ServerMessage = JSON.parse(String(event.data));
    switch (message.type) {
      case 'connection_ack':
        send({ id: ID, type: 'subscribe', payload: { query, variables } });
        break;
      case 'next': {
        const { data, errors } = message.payload as { data?: unknown; errors?: unknown };
        if (errors === undefined) handlers.next(data);
        else fail(`errors in a result: ${JSON.stringify(errors)}`);
        break;
      }
      case 'ping':
        send({ type: 'pong' });
        break;
      case 'complete':
        end();
        handlers.completed();
        break;
      case 'error':
        fail(`the subscription was refused: ${JSON.stringify(message.payload)}`);
        break;
      default:
        fail(`unexpected message ${message.type}`);
    }
  });
  socket.addEventListener('error', (event) => fail(`socket error: ${event.error}`));
  socket.addEventListener('close', (event) => fail(`the socket closed: ${event.code}`));
  return {
    close() {
      if (ended) return;
      send({ id: ID, type: 'complete' });
      end();
    },
  };
}
