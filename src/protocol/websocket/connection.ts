import { MessageType } from 'graphql-ws';
import { OperationError } from '../../error/operation-error.ts';
import type { Logger } from '../../log/logger.ts';
import type { OperationRequest, Operations, SingleOperation, SubscriptionOperation } from '../../operation/port.ts';
import { maskUnexpected } from '../../operation/unexpected.ts';
import type { Clock } from '../../time/clock.ts';
import {
  badRequest,
  closeReason,
  type Disconnect,
  DRAINING,
  INIT_TIMEOUT,
  INTERNAL_ERROR,
  NOT_ACKNOWLEDGED,
  SLOW_CONNECTION,
  SUBPROTOCOL_NOT_ACCEPTABLE,
  subscriberExists,
  TOO_MANY_INITS,
} from '../disconnect.ts';
import type { DropCounter } from '../drop-counter.ts';
import { type ClientMessage, readClientMessage } from './client-message.ts';
import type { ConnectionLimits } from './limits.ts';
import type { MessageSocket } from './message-socket.ts';
import { ACK_MESSAGE, completeMessage, errorMessage, nextMessage, pongMessage } from './server-message.ts';
import { type SubscriptionHost, WebSocketSubscription } from './subscription.ts';

/** What all connections of a listener share. */
export interface ConnectionContext {
  readonly operations: Operations;
  readonly limits: ConnectionLimits;
  readonly clock: Clock;
  readonly drops: DropCounter;
  readonly log: Logger;
}

/** One reservation of an operation id by a query or mutation; the object itself is the token (P11). */
interface SingleReservation {
  readonly type: 'single';
  readonly id: string;
}

type Reservation = WebSocketSubscription | SingleReservation;

/**
 * The server's side of one graphql-transport-ws connection (P1 to P35), without a socket: the transport tells it what arrives,
 * and it tells a `MessageSocket` what to do.
 *
 * waiting --connection_init--> ready --drain()--> draining --> closed. Every state can become closed, by either side.
 */
export class Connection implements SubscriptionHost {
  readonly #socket: MessageSocket;
  readonly #context: ConnectionContext;
  readonly #reservations = new Map<string, Reservation>();
  #state: 'waiting' | 'ready' | 'draining' | 'closed' = 'waiting';
  #subscriptions = 0;
  /** Queries and mutations that run, also those whose client no longer waits (P22). */
  #inFlight = 0;
  #cancelInitTimer: (() => void) | undefined;

  constructor(socket: MessageSocket, context: ConnectionContext) {
    this.#socket = socket;
    this.#context = context;
  }

  /** The socket is open. `subprotocol` is what the handshake agreed on; undefined ends the connection (P2). Call once. */
  opened(subprotocol: string | undefined): void {
    if (subprotocol === undefined) {
      this.disconnect(SUBPROTOCOL_NOT_ACCEPTABLE);
      return;
    }
    const { clock, limits, drops } = this.#context;
    this.#cancelInitTimer = clock.after(limits.initTimeoutMs, () => {
      drops.countDrop('init_timeout');
      this.disconnect(INIT_TIMEOUT);
    });
  }

  /** A whole message arrived; its memory may be reused after the call. Never throws. */
  receive(message: Buffer, isBinary: boolean): void {
    if (this.#state === 'closed' || this.#state === 'draining') return;
    const { limits, log } = this.#context;
    try {
      if (isBinary) {
        this.#refuse('Binary frames are not accepted: send JSON as text');
      } else if (message.length > limits.maxMessageBytes) {
        this.#refuse(`A message must be at most ${limits.maxMessageBytes} bytes`);
      } else {
        const read = readClientMessage(message, limits.maxIdBytes);
        if (read.type === 'malformed') this.#refuse(read.reason);
        else this.#handle(read);
      }
    } catch (error) {
      maskUnexpected(error, log);
      this.disconnect(INTERNAL_ERROR);
    }
  }

  /** The socket is gone, by either side: every source is disposed of (P27). Idempotent. */
  closed(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#cancelInitTimer?.();
    const reservations = [...this.#reservations.values()];
    this.#reservations.clear();
    this.#subscriptions = 0;
    for (const reservation of reservations) {
      if (reservation.type === 'subscription') this.#cancel(reservation);
    }
  }

  /** Ends the connection from the server's side. Idempotent. */
  disconnect({ code, reason }: Disconnect): void {
    if (this.#state === 'closed') return;
    this.closed();
    this.#socket.close(code, closeReason(reason));
  }

  /**
   * Stops reading and disconnects with 1012 once no query or mutation is in flight (P34). What arrives in the meantime is not
   * started; the client sends it again after it has connected again.
   */
  drain(): void {
    if (this.#state === 'closed') return;
    this.#state = 'draining';
    if (this.#inFlight === 0) this.disconnect(DRAINING);
  }

  send(messages: readonly (string | Uint8Array)[]): void {
    if (this.#state === 'closed') return;
    if (this.#socket.send(messages, this.#context.limits.maxBufferedBytes) === 'stuck') {
      this.#context.drops.countDrop('slow_connection');
      this.disconnect(SLOW_CONNECTION);
    }
  }

  ended(subscription: WebSocketSubscription): void {
    if (this.#release(subscription)) this.#subscriptions -= 1;
  }

  #refuse(reason: string): void {
    this.#context.drops.countDrop('frame_refused');
    this.disconnect(badRequest(reason));
  }

  #handle(message: ClientMessage): void {
    switch (message.type) {
      case MessageType.ConnectionInit:
        this.#initialise();
        break;
      case MessageType.Ping:
        this.send([pongMessage(message.payload)]);
        break;
      case MessageType.Pong:
        break;
      case MessageType.Subscribe:
        if (this.#state !== 'ready') this.disconnect(NOT_ACKNOWLEDGED);
        else if (this.#reservations.has(message.id)) this.disconnect(subscriberExists(message.id));
        else this.#start(message.id, message.request);
        break;
      case MessageType.Complete:
        this.#complete(message.id);
        break;
      default:
        throw message satisfies never;
    }
  }

  #initialise(): void {
    if (this.#state !== 'waiting') {
      this.disconnect(TOO_MANY_INITS);
      return;
    }
    this.#state = 'ready';
    this.#cancelInitTimer?.();
    this.#cancelInitTimer = undefined;
    this.send([ACK_MESSAGE]);
  }

  #start(id: string, request: OperationRequest): void {
    const { operations, limits } = this.#context;
    const prepared = operations.prepare(request);
    switch (prepared.type) {
      case 'refused':
        this.send([errorMessage(id, prepared.errors)]);
        break;
      case 'subscription':
        if (this.#subscriptions < limits.maxSubscriptions) this.#startSubscription(id, prepared);
        else this.#limitExceeded(id, 'maxSubscriptions', 'subscriptions');
        break;
      case 'single':
        if (this.#inFlight < limits.maxOperationsInFlight) this.#startSingle(id, prepared);
        else this.#limitExceeded(id, 'maxOperationsInFlight', 'running queries and mutations');
        break;
      default:
        throw prepared satisfies never;
    }
  }

  #startSubscription(id: string, operation: SubscriptionOperation): void {
    const subscription = new WebSocketSubscription(id, this);
    this.#reservations.set(id, subscription);
    this.#subscriptions += 1;
    try {
      subscription.attach(operation.subscribe(subscription));
    } catch (error) {
      subscription.error([maskUnexpected(error, this.#context.log)]);
    }
  }

  #startSingle(id: string, operation: SingleOperation): void {
    const reservation: SingleReservation = { type: 'single', id };
    this.#reservations.set(id, reservation);
    this.#inFlight += 1;
    void this.#run(reservation, operation);
  }

  async #run(reservation: SingleReservation, operation: SingleOperation): Promise<void> {
    const { id } = reservation;
    let messages: readonly string[];
    try {
      messages = [nextMessage(id, await operation.run()), completeMessage(id)];
    } catch (error) {
      // The port says that it never rejects: a bug, but not one to lose the process for.
      messages = [errorMessage(id, [maskUnexpected(error, this.#context.log)])];
    }
    this.#inFlight -= 1;
    if (this.#release(reservation)) this.send(messages);
    if (this.#state === 'draining' && this.#inFlight === 0) this.disconnect(DRAINING);
  }

  #complete(id: string): void {
    const reservation = this.#reservations.get(id);
    if (reservation === undefined) return;
    this.#reservations.delete(id);
    if (reservation.type === 'subscription') {
      this.#subscriptions -= 1;
      this.#cancel(reservation);
    }
  }

  /** False when the id no longer belongs to this reservation. */
  #release(reservation: Reservation): boolean {
    return this.#reservations.get(reservation.id) === reservation && this.#reservations.delete(reservation.id);
  }

  #cancel(subscription: WebSocketSubscription): void {
    try {
      subscription.cancel();
    } catch (error) {
      // P27: one failing disposal stops no other.
      maskUnexpected(error, this.#context.log);
    }
  }

  #limitExceeded(id: string, limit: 'maxSubscriptions' | 'maxOperationsInFlight', what: string): void {
    const { drops, limits } = this.#context;
    drops.countDrop('operation_limit');
    const message = `One connection may have at most ${limits[limit]} ${what} at once.`;
    this.send([errorMessage(id, [new OperationError('LIMIT_EXCEEDED', message, { limit }).toWire()])]);
  }
}
