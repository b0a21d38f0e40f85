import type { WireError } from '../error/operation-error.ts';
import type { GapReason } from '../metrics/topic-metrics.ts';

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

/** What may have been lost, as `extensions.gap` tells it (P92). */
export interface Gap {
  readonly reason: GapReason;
  /** ISO 8601: the last moment at which nothing was lost. */
  readonly since: string;
}

/** Where a subscription stands although no result says so (P100). */
export interface Progress {
  /** Undefined on topics that keep nothing. */
  readonly cursor: string | undefined;
  /** Undefined when nothing was lost. */
  readonly gap: Gap | undefined;
}

/** Where a subscription's results go: one per subscriber, implemented by the protocols. Called synchronously; must not throw. */
export interface SubscriberSink {
  /** One or more results. The sink keeps no reference to the batch after the call. */
  next(batch: PayloadBatch): void;
  /** The subscription is attached, or something was lost. For protocols that can tell it without a result; others ignore it. */
  progress(progress: Progress): void;
  /** The subscription failed and is over: nothing follows (P20). */
  error(errors: readonly WireError[]): void;
  /** The source ended by itself and is over: nothing follows (P25). */
  complete(): void;
  /**
   * Does the peer take more at the moment? While it does not, a replayable subscription holds back and an ephemeral one drops (P36).
   * When it turns true again the protocol calls `resume` of the attachment.
   */
  readonly writable: boolean;
}

/** A subscription's hold on its source. All methods are synchronous. */
export interface Attachment {
  /** Nothing reaches the sink after it returns. Idempotent. */
  end(): void;
  /** The peer takes more again. */
  resume(): void;
  /**
   * The cursor of the place up to which the sink has everything; undefined where nothing is kept, before the subscription is
   * attached, and while results are on their way.
   */
  cursor(): string | undefined;
}
