import type { WireError } from '../../error/operation-error.ts';
import type { PayloadBatch, SubscriberSink } from '../../fanout/subscriber-sink.ts';
import { type EncodedId, encodeId, nextFrames } from './next-frames.ts';
import { completeMessage, errorMessage } from './server-message.ts';

/** What a subscription needs from its connection. */
export interface SubscriptionHost {
  send(messages: readonly (string | Uint8Array)[]): void;
  /** The source is over: the id is free again (P10). */
  ended(subscription: WebSocketSubscription): void;
}

/**
 * One reservation of an operation id by a subscription. The object itself is the token: a later reservation of the same id is
 * another object, and this one neither speaks for it nor ends it (P11).
 */
export class WebSocketSubscription implements SubscriberSink {
  readonly type = 'subscription';
  readonly id: string;
  readonly #host: SubscriptionHost;
  readonly #encodedId: EncodedId;
  #state: 'live' | 'over' = 'live';
  #dispose: (() => void) | undefined;

  constructor(id: string, host: SubscriptionHost) {
    this.id = id;
    this.#host = host;
    this.#encodedId = encodeId(id);
  }

  /** Gives it the function that ends its source; at once, when the subscription ended in the meantime. */
  attach(dispose: () => void): void {
    if (this.#state === 'live') this.#dispose = dispose;
    else dispose();
  }

  next(batch: PayloadBatch): void {
    if (this.#state === 'live') this.#host.send(nextFrames(batch, this.#encodedId));
  }

  error(errors: readonly WireError[]): void {
    if (this.#end()) this.#host.send([errorMessage(this.id, errors)]);
  }

  complete(): void {
    if (this.#end()) this.#host.send([completeMessage(this.id)]);
  }

  /** The client or the connection ends it: its source is disposed of and nothing more is sent (P24, P27). May throw what the source throws. */
  cancel(): void {
    this.#state = 'over';
    const dispose = this.#dispose;
    this.#dispose = undefined;
    dispose?.();
  }

  #end(): boolean {
    if (this.#state === 'over') return false;
    this.#state = 'over';
    this.#dispose = undefined;
    this.#host.ended(this);
    return true;
  }
}
