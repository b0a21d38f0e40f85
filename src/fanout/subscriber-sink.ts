import type { WireError } from '../error/operation-error.ts';

/**
 * The payloads that one flush hands to every subscriber of a group: each element is the UTF-8 JSON text of one execution result
 * (`{"data":…}`), in order. Shared by all subscribers of the group and never changed.
 */
export interface PayloadBatch {
  readonly payloads: readonly Buffer[];
  /** Sum of the payloads' lengths. */
  readonly bytes: number;
  /**
   * Framings of these payloads that a transport has made, by its own key, so that the next subscriber of the batch can use them again.
   * Lives as long as the batch: one flush.
   */
  readonly framings: Map<unknown, unknown>;
}

/** Where a subscription's results go: one per subscriber, implemented by the protocols. Called synchronously; must not throw. */
export interface SubscriberSink {
  /** One or more results. The sink keeps no reference to the batch after the call. */
  next(batch: PayloadBatch): void;
  /** The subscription failed and is over: nothing follows (P20). */
  error(errors: readonly WireError[]): void;
  /** The source ended by itself and is over: nothing follows (P25). */
  complete(): void;
}
