import { MessageType } from 'graphql-ws';
import { OperationError } from '../../error/operation-error.ts';
import type { Progress } from '../../fanout/subscriber-sink.ts';
import { type ClientCaller, UNLIMITED_CALLER } from '../../operation/callers/callers.ts';
import type { OperationRequest, SingleOperation, SubscriptionOperation } from '../../operation/port.ts';
import { maskUnexpected } from '../../operation/unexpected.ts';
import type { TraceContext } from '../../tracing/trace-context.ts';
import {
  badRequest,
  closeReason,
  type Disconnect,
  DRAINING,
  FLOODING,
  INIT_TIMEOUT,
  INTERNAL_ERROR,
  NOT_ACKNOWLEDGED,
  SLOW_CONNECTION,
  SUBPROTOCOL_NOT_ACCEPTABLE,
  subscriberExists,
  TOO_MANY_INITS,
} from '../disconnect.ts';
import { memoryExceeded } from '../memory-gate.ts';
import { answerSingle } from './answer-single.ts';
import { type ClientMessage, readClientMessage } from './client-message.ts';
import type { AwaitsInit, ConnectionContext } from './connection-context.ts';
import { FullSocket } from './full-socket.ts';
import type { MessageSocket } from './message-socket.ts';
import { type ProgressHost, ProgressReports } from './progress-reports.ts';
import { Reservations, type SingleReservation } from './reservations.ts';
import { ACK_MESSAGE, errorMessage, pongMessage } from './server-message.ts';
import { type SubscriptionHost, WebSocketSubscription } from './subscription.ts';

/**
 * The server's side of one graphql-transport-ws connection (P1 to P36, P100), without a socket: the transport tells it what arrives,
 * and it tells a `MessageSocket` what to do.
 *
 * waiting --connection_init--> ready --drain()--> draining --> closed. Every state can become closed, by either side.
 */
export class Connection implements AwaitsInit, SubscriptionHost, ProgressHost {
  readonly #socket: MessageSocket;
  readonly caller: ClientCaller;
  readonly #context: ConnectionContext;
  readonly #reservations = new Reservations();
  /** While the peer takes no more (P36). */
  #full: FullSocket | undefined;
  /** Of a client that asked for them. */
  #reports: ProgressReports | undefined;
  #state: 'waiting' | 'ready' | 'draining' | 'closed' = 'waiting';
  /** The trace that its client named for all that it does. */
  #trace: TraceContext | undefined;
  /** Operations that its client has sent. */
  operationCount = 0;
  /** Queries and mutations that run, also those whose client no longer waits (P22). */
  #inFlight = 0;

  constructor(socket: MessageSocket, context: ConnectionContext, caller: ClientCaller = UNLIMITED_CALLER) {
    this.#socket = socket;
    this.caller = caller;
    this.#context = context;
  }

  get subscriptionCount(): number {
    return this.#reservations.subscriptionCount;
  }

  /** The socket is open. `subprotocol` is what the handshake agreed on; undefined ends the connection (P2). Call once. */
  opened(subprotocol: string | undefined): void {
    if (subprotocol === undefined) {
      this.disconnect(SUBPROTOCOL_NOT_ACCEPTABLE);
      return;
    }
    this.#context.initTimeouts.add(this);
  }

  /** P3: it has been open for `initTimeoutMs` without `connection_init`. */
  initTimedOut(): void {
    this.#context.drops.countDrop('init_timeout');
    this.disconnect(INIT_TIMEOUT);
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
    const full = this.#full;
    if (this.#state === 'closed' || full === undefined) return;
    if (waitingBytes >= this.#context.limits.pauseAtBufferedBytes) {
      full.moved();
      return;
    }
    full.close();
    this.#full = undefined;
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
    this.#context.initTimeouts.delete(this);
    this.#full?.close();
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
    if (this.#state === 'closed') return;
    const outcome = this.#socket.send(messages, this.#context.limits);
    switch (outcome) {
      case 'sent':
      case 'closed':
        break;
      case 'full':
        this.#filled();
        break;
      case 'stuck':
        this.#stuck();
        break;
      default:
        throw outcome satisfies never;
    }
  }

  get writable(): boolean {
    return this.#full === undefined;
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

  /** A method of its own: a closure in `send` would cost each message a context, whether it is made or not. */
  #filled(): void {
    const { clock, limits } = this.#context;
    this.#full ??= new FullSocket(clock, limits.stuckTimeoutMs, () => this.#stuck());
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
        this.#initialise(message.progress, message.trace);
        break;
      case MessageType.Ping:
        if (this.#mayGoOn()) this.send([pongMessage(message.payload)]);
        break;
      case MessageType.Pong:
        this.#mayGoOn();
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

  #initialise(progress: boolean, trace: TraceContext | undefined): void {
    if (this.#state !== 'waiting') {
      this.disconnect(TOO_MANY_INITS);
      return;
    }
    this.#state = 'ready';
    this.#trace = trace;
    this.#context.initTimeouts.delete(this);
    if (progress) this.#reports = new ProgressReports(this, this.#reservations, this.#context.keepAlives);
    this.send([ACK_MESSAGE]);
  }

  #start(id: string, request: OperationRequest): void {
    const { operations, limits, memory } = this.#context;
    const above = memory.refusal();
    if (above !== undefined) {
      this.#refuseOperation(id, memoryExceeded(above));
      return;
    }
    this.operationCount += 1;
    const trace = this.#trace;
    const prepared = operations.prepare(trace === undefined ? request : { ...request, trace }, this.caller);
    switch (prepared.type) {
      case 'refused':
        this.send([errorMessage(id, prepared.errors)]);
        if (this.caller.flooding) this.#flooded();
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
    // What ends an operation was paid for with its beginning (A22).
    if (reservation === undefined) this.#mayGoOn();
    if (reservation?.type !== 'subscription') return;
    this.#reports?.forget(reservation);
    this.#cancel(reservation);
  }

  /** A22: counts a message that starts no operation. False: there were too many, and this one is passed over. */
  #mayGoOn(): boolean {
    if (this.caller.admit() === undefined) return true;
    if (this.caller.flooding) this.#flooded();
    return false;
  }

  #flooded(): void {
    this.disconnect(FLOODING);
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
    drops.countDrop('operation_limit', limit);
    const message = `One connection may have at most ${limits[limit]} ${what} at once.`;
    this.#refuseOperation(id, new OperationError('LIMIT_EXCEEDED', message, { limit, value: limits[limit] }));
  }

  #refuseOperation(id: string, error: OperationError): void {
    this.send([errorMessage(id, [error.toWire()])]);
  }
}
