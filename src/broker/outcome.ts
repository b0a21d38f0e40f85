import type { Position } from './record.ts';

/**
 * The truthful answer to a publish (P94, P95, P99).
 * - acknowledged: the broker gave the acknowledgement that the delivery asks for.
 * - rejected: surely not stored, and this input will never pass (too large, for example).
 * - unavailable: surely not stored; worth another try later. Only when every attempt was refused before the record could be written.
 * - indeterminate: may or may not be stored.
 */
export type PublishOutcome =
  | {
      readonly type: 'acknowledged';
      /** Milliseconds since the epoch. */
      readonly publishedAt: number;
      /** Where the record stands; undefined for EPHEMERAL. */
      readonly position: Position | undefined;
    }
  | { readonly type: 'rejected'; readonly reason: string }
  | { readonly type: 'unavailable'; readonly reason: string }
  | { readonly type: 'indeterminate'; readonly reason: string };
