import type { WireError } from '../../error/operation-error.ts';
import type { Attachment, PayloadBatch, Progress, SubscriberSink } from '../../fanout/subscriber-sink.ts';
import { type EncodedId, encodeId, nextFrames } from './next-frames.ts';
import { completeMessage, errorMessage } from './server-message.ts';

/** What a subscription needs from its connection. */
export interface SubscriptionHost {
  /** Does the peer take more at the moment (P36)? */
  readonly writable: boolean;
  send(messages: readonly (string | Uint8Array)[]): void;
  /** P100. */
  progress(subscription: WebSocketSubscription, progress: Progress): void;
  /** The source is over: the id is free again (P10). */
  ended(subscription: WebSocketSubscription): void;
}

/**
 * One reservation of an operation id by a subscription. The object itself is the token: a later reservation of the same id is
 * another object, and this one neither speaks for it nor ends it (P11). It is its own encoded id.
 */
export class WebSocketSubscription implements SubscriberSink, EncodedId {
  readonly id: string;
  readonly text: string;
  readonly byteLength: number;
  /** The last cursor that a ping told the client; kept here for the reports of the connection (P100). */
  toldCursor: string | undefined;
  readonly #host: SubscriptionHost;
  #state: 'live' | 'over' = 'live';
  #attachment: Attachment | undefined;

  constructor(id: string, host: SubscriptionHost) {
    this.id = id;
    this.#host = host;
    const { text, byteLength } = encodeId(id);
    this.text = text;
    this.byteLength = byteLength;
  }

  /** A getter, because there are as many of these as subscriptions. */
  get type(): 'subscription' {
    return 'subscription';
  }

  /** Gives it its hold on its source; ended at once, when the subscription ended in the meantime. */
  attach(attachment: Attachment): void {
    if (this.#state === 'live') this.#attachment = attachment;
    else attachment.end();
  }

  get writable(): boolean {
    return this.#host.writable;
  }

  next(batch: PayloadBatch): void {
    if (this.#state === 'live') this.#host.send(nextFrames(batch, this));
  }

  progress(progress: Progress): void {
    if (this.#state === 'live') this.#host.progress(this, progress);
  }

  error(errors: readonly WireError[]): void {
    if (this.#end()) this.#host.send([errorMessage(this.id, errors)]);
  }

  complete(): void {
    if (this.#end()) this.#host.send([completeMessage(this.id)]);
  }

  /** The peer takes more again. */
  resume(): void {
    this.#attachment?.resume();
  }

  /** See `Attachment.cursor`. */
  cursor(): string | undefined {
    return this.#attachment?.cursor();
  }

  /** The client or the connection ends it: its source is disposed of and nothing more is sent (P24, P27). May throw what the source throws. */
  cancel(): void {
    this.#state = 'over';
    const attachment = this.#attachment;
    this.#attachment = undefined;
    attachment?.end();
  }

  #end(): boolean {
    if (this.#state === 'over') return false;
    this.#state = 'over';
    this.#attachment = undefined;
    this.#host.ended(this);
    return true;
  }
}
