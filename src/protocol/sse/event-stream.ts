import type { WireError } from '../../error/operation-error.ts';
import type { Attachment, PayloadBatch, Progress, SubscriberSink } from '../../fanout/subscriber-sink.ts';
import type { Logger } from '../../log/logger.ts';
import type { SingleOperation, SubscriptionOperation } from '../../operation/port.ts';
import { maskUnexpected } from '../../operation/unexpected.ts';
import type { DropCounter } from '../drop-counter.ts';
import { COMMENT_BLOCK, COMPLETE_BLOCK, errorsBlock, idBlock, nextBlock, nextBlocks, retryBlock } from './blocks.ts';
import type { EventStreamSocket } from './event-stream-socket.ts';
import { type EventStreamLimits, QUIET_LOOKS, STUCK_LOOKS } from './limits.ts';

/** What all event streams of a listener share. */
export interface EventStreamContext {
  readonly limits: EventStreamLimits;
  readonly drops: DropCounter;
  readonly log: Logger;
  /** From 0 up to 1, for the jitter of P50. */
  readonly random: () => number;
}

/** Who keeps the stream while it is open. */
export interface EventStreamOwner {
  /** The stream is over, by whichever side. Called once. */
  over(stream: EventStream): void;
}

/** What an event stream carries: an operation, the errors of one that was refused, or nothing, as the server drains. */
export type StreamedOperation =
  | { readonly type: 'draining' }
  | { readonly type: 'refused'; readonly errors: readonly WireError[] }
  | SingleOperation
  | SubscriptionOperation;

/**
 * One operation over GraphQL's event streams in the mode of distinct connections (P40 to P50), without a socket: the transport tells
 * it what happens to the response, and it tells an `EventStreamSocket` what to do. It is its subscription's sink.
 *
 * open --complete, error, drain, stuck peer, gone client--> over
 */
export class EventStream implements SubscriberSink {
  readonly #socket: EventStreamSocket;
  readonly #context: EventStreamContext;
  readonly #owner: EventStreamOwner;
  #state: 'open' | 'over' = 'open';
  #writable = true;
  #attachment: Attachment | undefined;
  /** A query or mutation runs: a drain waits for its answer. */
  #single = false;
  /** Looks since something was sent. */
  #quietLooks = 0;
  /** Looks since bytes left, while the peer takes no more. */
  #stuckLooks = 0;

  constructor(socket: EventStreamSocket, context: EventStreamContext, owner: EventStreamOwner) {
    this.#socket = socket;
    this.#context = context;
    this.#owner = owner;
  }

  /** Does the peer take more at the moment (P36)? */
  get writable(): boolean {
    return this.#writable;
  }

  /** A query or mutation runs. */
  get single(): boolean {
    return this.#single;
  }

  /** Begins; the head of the response was written. A first comment opens buffering proxies (P40). Call once; never throws. */
  start(operation: StreamedOperation): void {
    this.#send(COMMENT_BLOCK);
    switch (operation.type) {
      case 'draining':
        this.drain();
        break;
      case 'refused':
        this.error(operation.errors);
        break;
      case 'single':
        this.#single = true;
        void this.#run(operation);
        break;
      case 'subscription':
        this.#subscribe(operation);
        break;
      default:
        throw operation satisfies never;
    }
  }

  next(batch: PayloadBatch): void {
    if (this.#state === 'open') this.#send(nextBlocks(batch));
  }

  /**
   * P44: it is attached: its cursor goes out as an id without an event. A gap cannot: it rides on the next result (P92). While the
   * peer takes no more nothing is said; a keep-alive says it later.
   */
  progress({ cursor }: Progress): void {
    if (this.#state === 'open' && cursor !== undefined && this.#writable) this.#send(idBlock(cursor));
  }

  /** P46, P48: the errors as a last result, then complete. */
  error(errors: readonly WireError[]): void {
    this.#finish([errorsBlock(errors), COMPLETE_BLOCK]);
  }

  complete(): void {
    this.#finish([COMPLETE_BLOCK]);
  }

  /** Bytes that waited left for the peer; `waitingBytes` still wait. Never throws. */
  flushed(waitingBytes: number): void {
    if (this.#state === 'over' || this.#writable) return;
    this.#stuckLooks = 0;
    if (waitingBytes >= this.#context.limits.pauseAtBufferedBytes) return;
    this.#writable = true;
    try {
      this.#attachment?.resume();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** The client is gone, or the transport cut it off: the source is disposed of (P49). Idempotent; never throws. */
  closed(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#owner.over(this);
    const attachment = this.#attachment;
    this.#attachment = undefined;
    try {
      attachment?.end();
    } catch (error) {
      maskUnexpected(error, this.#context.log);
    }
  }

  /** To be called every `lookMs`: keeps the stream alive while nothing happens (P44), and cuts off a peer that is stuck (P36). */
  look(): void {
    if (this.#state === 'over') return;
    if (!this.#writable) {
      this.#stuckLooks += 1;
      if (this.#stuckLooks >= STUCK_LOOKS) this.#stuck();
      return;
    }
    this.#quietLooks += 1;
    if (this.#quietLooks < QUIET_LOOKS) return;
    try {
      const cursor = this.#attachment?.cursor();
      this.#send(cursor === undefined ? COMMENT_BLOCK : idBlock(cursor));
    } catch (error) {
      this.#failed(error);
    }
  }

  /**
   * P50: ends the body without complete, so that its client comes back, to another gateway or a new one, and goes on. One that
   * comes again on this connection is asked again, if it is an EventSource: after a 503 it would give up (P47). A query or mutation is
   * answered first.
   */
  drain(): void {
    if (this.#state === 'over' || this.#single) return;
    const { limits, random } = this.#context;
    const jitter = Math.floor(random() * (limits.retryMaxMs - limits.retryMinMs));
    this.closed();
    this.#socket.send([retryBlock(limits.retryMinMs + jitter)], limits);
    this.#socket.end();
  }

  #subscribe(operation: SubscriptionOperation): void {
    try {
      const attachment = operation.subscribe(this);
      if (this.#state === 'open') this.#attachment = attachment;
      else attachment.end();
    } catch (error) {
      this.#failed(error);
    }
  }

  async #run(operation: SingleOperation): Promise<void> {
    try {
      const result = await operation.run();
      this.#finish([nextBlock(result), COMPLETE_BLOCK]);
    } catch (error) {
      // The port says that it never rejects: a bug, but not one to lose the process for.
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    const masked = maskUnexpected(error, this.#context.log);
    const attachment = this.#attachment;
    this.error([masked]);
    try {
      attachment?.end();
    } catch (second) {
      maskUnexpected(second, this.#context.log);
    }
  }

  /** The source is over already, so it is not disposed of. */
  #finish(blocks: readonly string[]): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#attachment = undefined;
    this.#owner.over(this);
    this.#socket.send(blocks, this.#context.limits);
    this.#socket.end();
  }

  #send(block: string | Uint8Array): void {
    this.#quietLooks = 0;
    const outcome = this.#socket.send([block], this.#context.limits);
    switch (outcome) {
      case 'sent':
      case 'closed':
        break;
      case 'full':
        this.#full();
        break;
      case 'stuck':
        this.#stuck();
        break;
      default:
        throw outcome satisfies never;
    }
  }

  #full(): void {
    if (!this.#writable) return;
    this.#writable = false;
    this.#stuckLooks = 0;
  }

  #stuck(): void {
    this.#context.drops.countDrop('slow_connection');
    this.closed();
    this.#socket.drop();
  }
}
