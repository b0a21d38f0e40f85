import { MessageType } from 'graphql-ws';
import { OperationError } from '../../error/operation-error.ts';
import type { Progress } from '../../fanout/subscriber-sink.ts';
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
import { answerSingle } from './answer-single.ts';
import { type ClientMessage, readClientMessage } from './client-message.ts';
import type { ConnectionLimits } from './limits.ts';
import type { MessageSocket } from './message-socket.ts';
import { Outbox } from './outbox.ts';
import { type ProgressHost, ProgressReports } from './progress-reports.ts';
import { Reservations, type SingleReservation } from './reservations.ts';
import { ACK_MESSAGE, errorMessage, pongMessage } from './server-message.ts';
import { type SubscriptionHost, WebSocketSubscription } from './subscription.ts';

/** What all connections of a listener share. */
export interface ConnectionContext {
  readonly operations: Operations;
  readonly limits: ConnectionLimits;
  readonly clock: Clock;
  readonly drops: DropCounter;
  readonly log: Logger;
}

/**
 * The server's side of one graphql-transport-ws connection (P1 to P36, P100), without a socket: the transport tells it what arrives,
 * and it tells a `MessageSocket` what to do.
 *
 * waiting --connection_init--> ready --drain()--> draining --> closed. Every state can become closed, by either side.
 */
export class Connection implements SubscriptionHost, ProgressHost {
  readonly #socket: MessageSocket;
  readonly #context: ConnectionContext;
  readonly #reservations = new Reservations();
  readonly #outbox: Outbox;
  /** Of a client that asked for them. */
  #reports: ProgressReports | undefined;
  #state: 'waiting' | 'ready' | 'draining' | 'closed' = 'waiting';
  /** Queries and mutations that run, also those whose client no longer waits (P22). */
  #inFlight = 0;
  #cancelInitTimer: (() => void) | undefined;

  constructor(socket: MessageSocket, context: ConnectionContext) {
    this.#socket = socket;
    this.#context = context;
    this.#outbox = new Outbox(socket, context.limits, context.clock, () => this.#stuck());
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
    const { limits } = this.#context;
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
      this.failed(error);
    }
  }

  /** Bytes that waited left for the peer; `waitingBytes` still wait. Never throws. */
  flushed(waitingBytes: number): void {
    if (this.#state === 'closed' || !this.#outbox.flushed(waitingBytes)) return;
    try {
      this.#reports?.resume();
      // The first ones may fill the socket again; then the others come first the next time.
      for (const subscription of this.#reservations.subscriptions()) {
        if (!this.writable) break;
        this.#reservations.moveBehind(subscription);
        subscription.resume();
      }
    } catch (error) {
      this.failed(error);
    }
  }

  /** The socket is gone, by either side: every source is disposed of (P27). Idempotent. */
  closed(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#cancelInitTimer?.();
    this.#outbox.close();
    this.#reports?.close();
    for (const reservation of this.#reservations.takeAll()) {
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
    if (this.#state !== 'closed') this.#outbox.send(messages);
  }

  get writable(): boolean {
    return this.#outbox.writable;
  }

  progress(subscription: WebSocketSubscription, progress: Progress): void {
    this.#reports?.tell(subscription, progress);
  }

  ended(subscription: WebSocketSubscription): void {
    this.#reservations.release(subscription);
    this.#reports?.forget(subscription);
  }

  failed(error: unknown): void {
    maskUnexpected(error, this.#context.log);
    this.disconnect(INTERNAL_ERROR);
  }

  #stuck(): void {
    this.#context.drops.countDrop('slow_connection');
    this.disconnect(SLOW_CONNECTION);
  }

  #refuse(reason: string): void {
    this.#context.drops.countDrop('frame_refused');
    this.disconnect(badRequest(reason));
  }

  #handle(message: ClientMessage): void {
    switch (message.type) {
      case MessageType.ConnectionInit:
        this.#initialise(message.progress);
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

  #initialise(progress: boolean): void {
    if (this.#state !== 'waiting') {
      this.disconnect(TOO_MANY_INITS);
      return;
    }
    this.#state = 'ready';
    this.#cancelInitTimer?.();
    this.#cancelInitTimer = undefined;
    if (progress) {
      const { clock, limits } = this.#context;
      this.#reports = new ProgressReports(this, this.#reservations, clock, limits.keepAliveMs);
    }
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
        if (this.#reservations.subscriptionCount < limits.maxSubscriptions) this.#startSubscription(id, prepared);
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
    this.#reservations.add(subscription);
    try {
      subscription.attach(operation.subscribe(subscription));
    } catch (error) {
      subscription.error([maskUnexpected(error, this.#context.log)]);
    }
  }

  #startSingle(id: string, operation: SingleOperation): void {
    const reservation: SingleReservation = { type: 'single', id };
    this.#reservations.add(reservation);
    this.#inFlight += 1;
    void this.#run(reservation, operation);
  }

  async #run(reservation: SingleReservation, operation: SingleOperation): Promise<void> {
    const messages = await answerSingle(reservation.id, operation, this.#context.log);
    this.#inFlight -= 1;
    if (this.#reservations.release(reservation)) this.send(messages);
    if (this.#state === 'draining' && this.#inFlight === 0) this.disconnect(DRAINING);
  }

  #complete(id: string): void {
    const reservation = this.#reservations.take(id);
    if (reservation?.type !== 'subscription') return;
    this.#reports?.forget(reservation);
    this.#cancel(reservation);
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
